package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The tables under test, narrow, so that there are many rows. Among them they have every optimizer, rows that are
 * admitted by exact and by shared counts, and rows that expire by age, by number and both.
 */
final class KillTables {
    static final int KEY_GROUPS = 16;

    /** How many rows of a table may be hot: hardly any, a part of them, all. No two victims need have the same. */
    private static final List<Integer> HOT_ROWS = List.of(20, 300, 100_000);

    private static final String TABLES = """
            tables:
              user:  {dimension: 4, optimizer: {type: adagrad, learning-rate: 0.1}}
              item:
                dimension: 7
                optimizer: {type: adam, learning-rate: 0.01, clip-norm: 0.7, weight-decay: 0.001}
                expire-after: 10m
                expiry: {min-rows: 100, max-rows: 1000}
              shop:
                dimension: 5
                optimizer: {type: rowwise-adagrad, initial-accumulator: 0.5, clip-norm: 0.4}
                admit-after: 3
                admission: {decay: 20m, before: zeros}
              query:
                dimension: 3
                optimizer: {type: ftrl, l1: 0.02, l2: 0.1}
                initial: {type: normal, scale: 0.1}
                admit-after: 2
                admission: {counting: sketch, memory: 64kb, decay: 30m}
                expire-after: 25m
              word:
                dimension: 2
                optimizer: {type: sgd, learning-rate: 0.05, weight-decay: 0.01}
                initial: {type: zeros}
                expiry: {max-rows: 1200}
            """;

    private static final RowDatabase.Limits LIMITS = new RowDatabase.Limits(8 << 20, 2);

    private static final List<TableSpec> SPECS = TableSpec.of(pipeline("localhost:1"));

    private KillTables() {}

    /** A pipeline of these tables, for a job that finds its topics there. */
    static Pipeline pipeline(String bootstrapServers) {
        return PipelineFile.parse("""
                name: kills
                tasks: [{name: click, window: 1h}]
                ranker: {type: token-mixer-large, wide: true}
                features:
                  - {name: user, slot: id, table: user, group: user}
                  - {name: item, slot: id, table: item, group: item}
                  - {name: shop, slot: id, table: shop, group: item}
                  - {name: query, slot: id, table: query, group: user}
                  - {name: word, slot: id, table: word, group: user}
                publish: {every: 200ms}
                kafka: {bootstrap-servers: "%s"}
                """.formatted(bootstrapServers) + TABLES, Map.of());
    }

    static List<TableSpec> specs() {
        return SPECS;
    }

    static int hotRows(SplittableRandom random) {
        return HOT_ROWS.get(random.nextInt(HOT_ROWS.size()));
    }

    /** Restores the newest complete checkpoint of a folder. */
    static RowDatabase open(Path folder) {
        return RowDatabase.open(
                folder,
                SPECS.stream().map(TableSpec::name).toList(),
                new KeyGroupSpan(0, KEY_GROUPS - 1),
                KEY_GROUPS,
                LIMITS);
    }

    static RowTables rows(DurableRows durable, int hotRows) {
        return new RowTables(SPECS, durable, KEY_GROUPS, hotRows);
    }
}
