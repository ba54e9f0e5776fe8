package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The tables under test: narrow, so that there are many rows, and mostly not hot, so that rows come and go. */
final class KillTables {
    static final int KEY_GROUPS = 16;

    /** Small next to the thousands of rows of a table. */
    private static final int HOT_ROWS = 300;

    private static final RowDatabase.Limits LIMITS = new RowDatabase.Limits(8 << 20, 2);

    private static final List<TableSpec> SPECS = TableSpec.of(PipelineFile.parse("""
            name: kills
            tables:
              user: {dimension: 4, optimizer: {type: adagrad, learning-rate: 0.1}}
              item: {dimension: 7, optimizer: {type: adagrad, learning-rate: 0.03, initial-accumulator: 0.5}}
            tasks: [{name: click, window: 1h}]
            ranker: {type: token-mixer-large, wide: true}
            features:
              - {name: user, slot: id, table: user, group: user}
              - {name: item, slot: id, table: item, group: item}
            """, Map.of()));

    private KillTables() {}

    static List<TableSpec> specs() {
        return SPECS;
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

    static RowTables rows(RowDatabase database) {
        return new RowTables(SPECS, database.rows(), KEY_GROUPS, HOT_ROWS);
    }
}
