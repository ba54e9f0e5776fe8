package io.freshet.store.table;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Two small tables, and short ways to use them. */
final class TestTables {
    static final RowOptimizerConfig ADAGRAD = new RowOptimizerConfig(RowOptimizerConfig.Type.ADAGRAD, 0.1, 0.01);
    static final TableSpec USER = new TableSpec("user", 0, 2, true, ADAGRAD, 0.5, 7);
    static final TableSpec ITEM = new TableSpec("item", 1, 4, false, ADAGRAD, 0.02, 7);
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
