package io.freshet.store.table;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Two small tables, and short ways to use them. */
final class TestTables {
    static final RowOptimizerConfig ADAGRAD = RowOptimizerConfig.adagrad(0.1, 0.01);
    static final TableSpec USER = new TableSpec(TableConfig.of("user", 2).with(InitialConfig.uniform(0.5)), 0, true, 7);
    static final TableSpec ITEM =
            new TableSpec(TableConfig.of("item", 4).with(InitialConfig.uniform(0.02)), 1, false, 7);
    static final List<TableSpec> TABLES = List.of(USER, ITEM);
    static final int MAX_PARALLELISM = 16;

    private TestTables() {}

    static float[] gather(RowTables tables, int table, long... ids) {
        FloatBuffer out = FloatBuffer.allocate(ids.length * TABLES.get(table).width());
        tables.gather(table, ids, 0, ids.length, out);
        return out.array();
    }

    static float[] initial(TableSpec table, long id) {
        FloatBuffer out = FloatBuffer.allocate(table.width());
        new RowInitializer(table).fill(id, out, 0);
        return out.array();
    }

    /** One step for one row, the same gradient in every column. */
    static void step(RowTables tables, int table, long id, float gradient) {
        float[] gradients = new float[TABLES.get(table).width()];
        Arrays.fill(gradients, gradient);
        tables.apply(table, new long[] {id}, 0, 1, gradients, 0, 1_000);
    }
}
