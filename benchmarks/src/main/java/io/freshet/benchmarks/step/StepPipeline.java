package io.freshet.benchmarks.step;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import java.util.Map;

/**
 * A pipeline whose ranker has the wanted sizes and next to nothing else: one feature with rows, and a number for each
 * other token but the global one.
 */
final class StepPipeline {
    /** Rows that a batch reads. */
    static final int ROWS = 64;

    private StepPipeline() {}

    /**
     * The pipeline.
     *
     * @param ranker more keys of the ranker, such as {@code "moe: {experts: 8, active: 4}"}; empty for none
     */
    static Pipeline of(StepShape shape, String ranker) {
        StringBuilder yaml = new StringBuilder("""
                name: step
                tables: {item: {dimension: 8}}
                tasks: [{name: click, window: 1h}]
                training:
                  {batch-size: %d, device: cpu, threads: %d, optimizer: {type: adagrad, learning-rate: 0.00001}}
                ranker:
                  {type: token-mixer-large, width: %d, layers: %d, heads: %d, expansion: %d, wide: false%s}
                features:
                - {name: item, slot: id, table: item, group: item}
                """.formatted(
                        shape.batch(),
                        shape.threads(),
                        shape.width(),
                        shape.layers(),
                        shape.heads(),
                        shape.expansion(),
                        ranker.isEmpty() ? "" : ", " + ranker));
        for (int i = 0; i < shape.tokens() - 2; i++) {
            yaml.append("- {name: n%1$d, slot: number, group: n%1$d}\n".formatted(i));
        }
        return PipelineFile.parse(yaml.toString(), Map.of());
    }
}
