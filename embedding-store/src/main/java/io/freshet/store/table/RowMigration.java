package io.freshet.store.table;

import io.freshet.store.optimizer.RowOptimizer;
import java.nio.ByteBuffer;

/**
 * Fits stored rows to a table that has changed since they were written, as far as its pipeline file allows it. A function
 * of the stored row alone: whoever reads it, and however often, gets the same bits.
 *
 * <p>Threads: immutable, any thread.
 */
final class RowMigration {
    private final TableSpec table;
    private final RowLayout layout;
    private final RowInitializer initializer;
    private final RowOptimizer optimizer;

    RowMigration(TableSpec table) {
        this.table = table;
        layout = table.layout();
        initializer = new RowInitializer(table);
        optimizer = RowOptimizer.of(table.optimizer(), table.shape());
    }

    /**
     * Reads weights, then optimizer state, of a row of any shape.
     *
     * @param value from position to limit, little-endian
     * @param out gets them from {@code at} on
     * @throws IllegalStateException when the row is no row, or needs what is not allowed
     */
    void read(long id, ByteBuffer value, float[] out, int at) {
        StoredShape stored = StoredShape.of(table, id, value);
        stored.kind().requireAllowed(table, "Table '%s', id %d: the stored row has".formatted(table.name(), id));
        int width = stored.weights().width();
        float[] storedFloats = new float[width + stored.stateFloats()];
        StoredShape.floats(value, stored.floatsAt(), storedFloats, 0, storedFloats.length);

        initializer.fill(id, out, at);
        stored.weights().copyShared(storedFloats, 0, table.shape(), out, at);
        float[] state = new float[layout.stateFloats()];
        optimizer.initialise(out, at, state, 0);
        if (stored.optimizer() == table.optimizer().type()) {
            float[] storedState = new float[stored.stateFloats()];
            System.arraycopy(storedFloats, width, storedState, 0, storedState.length);
            optimizer.carry(storedState, stored.weights(), state);
        }
        System.arraycopy(state, 0, out, at + layout.width(), state.length);
    }
}
