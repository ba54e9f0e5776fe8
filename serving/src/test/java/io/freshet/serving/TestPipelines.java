package io.freshet.serving;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import java.util.Map;

/** A small pipeline whose ranker is quick. */
public final class TestPipelines {
    private TestPipelines() {}

    /** Users, items with genres, a number; one task, {@code like}; every row has a bias. */
    public static Pipeline small(String name) {
        return PipelineFile.parse("""
                name: %s
                impressions: {topic: impressions, format: json}
                actions:     {topic: actions, format: json}
                tables:
                  item:  {dimension: 4}
                  user:  {dimension: 4}
                  genre: {dimension: 4}
                features:
                  - {name: user,   slot: id,     table: user,  group: user}
                  - {name: item,   slot: id,     table: item,  group: item}
                  - {name: genres, slot: ids,    table: genre, group: item}
                  - {name: age,    slot: number, group: item}
                tasks:
                  - {name: like, action: like, window: 1h}
                ranker:  {type: token-mixer-large, width: 8, layers: 1, heads: 2, wide: true}
                publish: {every: 5s, precision: fp32}
                """.formatted(name), Map.of());
    }
}
