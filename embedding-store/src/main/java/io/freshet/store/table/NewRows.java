package io.freshet.store.table;

import io.freshet.store.optimizer.RowOptimizer;

/**
 * What a row of a table begins with: its initial weights, then the state of an optimizer that has seen no gradient.
 *
 * <p>Threads: one; it reuses its memory.
 */
final class NewRows {
    private final RowInitializer initializer;
    private final RowOptimizer optimizer;
    private final int width;
    private final float[] row;

    NewRows(RowInitializer initializer, RowOptimizer optimizer, RowLayout layout) {
        this.initializer = initializer;
        this.optimizer = optimizer;
        width = layout.width();
        row = new float[layout.floats()];
    }

    /** Floats of a row. */
    int floats() {
        return row.length;
    }

    /** Weights, then state; overwritten by the next call. */
    float[] of(long id) {
        initializer.fill(id, row, 0);
        optimizer.initialise(row, 0, row, width);
        return row;
    }
}
