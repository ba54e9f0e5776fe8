package io.freshet.store.table;

import io.freshet.store.optimizer.RowOptimizer;

/**
 * What a batch does to its rows.
 *
 * @param values [count, width] from {@code offset} on
 * @param eventTimeMs milliseconds since the epoch
 */
record Gradients(float[] values, int offset, int width, long eventTimeMs) {
    private static final int LIMIT = Float.floatToRawIntBits(RowOptimizer.GRADIENT_LIMIT);

    /** The same without the first rows. */
    Gradients from(int row) {
        return new Gradients(values, at(row), width, eventTimeMs);
    }

    int at(int row) {
        return offset + row * width;
    }

    /** Whether all numbers of these rows are below {@link RowOptimizer#GRADIENT_LIMIT}; those that are none are not. */
    boolean areUsable(int fromRow, int rows) {
        int largest = 0;
        for (int i = at(fromRow); i < at(fromRow + rows); i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
        }
        return largest < LIMIT;
    }
}
