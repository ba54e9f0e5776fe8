package io.freshet.benchmarks.rows;

import io.freshet.benchmarks.run.NoDurableRows;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.table.RowCounts;
import io.freshet.store.table.RowTables;
import java.nio.FloatBuffer;

/** Our rows: weights and optimizer state side by side. */
final class OwnRows implements RowHolder {
    static final String NAME = "own";

    static final int KEY_GROUPS = 128;

    private static final int BATCH = 8192;
    private static final int BATCHES_A_VERSION = 64;

    private final RowTables tables;

    /** Makes {@code rows} rows, all of them hot, and leaves their weights at their initial values. */
    OwnRows(BenchTable table, int rows) {
        this(table, rows, new NoDurableRows(), rows);
    }

    /** As above, with {@code hotRows} of them hot and the others in {@code durable}. */
    OwnRows(BenchTable table, int rows, DurableRows durable, int hotRows) {
        tables = new RowTables(table.specs(), durable, KEY_GROUPS, hotRows);
        long[] ids = new long[BATCH];
        float[] noGradient = new float[BATCH * table.width()];
        for (int made = 0; made < rows; made += BATCH) {
            int count = Math.min(BATCH, rows - made);
            for (int i = 0; i < count; i++) {
                ids[i] = ZipfIds.inOrderOfMaking((long) made + i, rows);
            }
            tables.apply(0, ids, 0, count, noGradient, 0, 1);
            if (made / BATCH % BATCHES_A_VERSION == 0) {
                publish(made);
            }
        }
        publish(rows);
    }

    /** Changed rows that are not hot take an id each on the heap until they leave with a version. */
    private void publish(long checkpointId) {
        tables.drainChanged(checkpointId, (keyGroup, table, id, weights) -> {});
        tables.committed(checkpointId);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void gather(long[][] batches, FloatBuffer out) {
        for (long[] ids : batches) {
            tables.gather(0, ids, 0, ids.length, out.clear());
        }
    }

    /** One optimizer step per id. */
    void apply(long[][] batches, float[] gradients) {
        for (long[] ids : batches) {
            tables.apply(0, ids, 0, ids.length, gradients, 0, 1);
        }
    }

    /** What a trainer does: reads a batch, then takes a step with it. */
    void learn(long[][] batches, float[] gradients, FloatBuffer out) {
        for (long[] ids : batches) {
            tables.gather(0, ids, 0, ids.length, out.clear());
            tables.apply(0, ids, 0, ids.length, gradients, 0, 1);
        }
    }

    RowCounts counts() {
        return tables.counts();
    }

    /** Bytes outside the heap per row. */
    double bytesPerRow() {
        return (double) tables.counts().hotBytes() / tables.counts().hotRows();
    }

    @Override
    public void close() {
        // The garbage collector gives the memory back.
    }
}
