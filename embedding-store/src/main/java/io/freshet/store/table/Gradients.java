package io.freshet.store.table;

import io.freshet.store.optimizer.RowOptimizer;
import java.util.Objects;

/**
 * What a batch does to its rows.
 *
 * @param ids rows {@code ids[from .. from + rows)}, repetitions allowed
 * @param values [rows, width] from {@code offset} on
 * @param eventTimeMs milliseconds since the epoch
 */
record Gradients(long[] ids, int from, int rows, float[] values, int offset, int width, long eventTimeMs) {
    private static final float SQUARED_LIMIT = RowOptimizer.GRADIENT_LIMIT * RowOptimizer.GRADIENT_LIMIT;

    /** Throws when there are fewer ids or gradients than there should be. */
    void requireWithin(String table) {
        Objects.checkFromIndexSize(from, rows, ids.length);
        if (values.length - offset < (long) rows * width) {
            throw new IllegalArgumentException(
                    "Table '%s' holds rows of %d floats: the gradients of %d rows are %d floats, but %d were given."
                            .formatted(table, width, rows, (long) rows * width, values.length - offset));
        }
    }

    /** The same, of at most {@code maxRows} rows from {@code row} on. */
    Gradients slice(int row, int maxRows) {
        return new Gradients(ids, from + row, Math.min(maxRows, rows - row), values, at(row), width, eventTimeMs);
    }

    long id(int row) {
        return ids[from + row];
    }

    /** Where the gradient of a row begins. */
    int at(int row) {
        return offset + row * width;
    }

    /** Whether all numbers of these rows are below {@link RowOptimizer#GRADIENT_LIMIT}; those that are none are not. */
    boolean areUsable(int fromRow, int rows) {
        int start = at(fromRow);
        int end = at(fromRow + rows);
        return sumOfSquares(start, end) < SQUARED_LIMIT || eachIsUsable(start, end);
    }

    /** In eight partial sums, as then one addition does not wait for the one before: a quick look before a precise one. */
    private float sumOfSquares(int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = from;
        for (; i + 7 < to; i += 8) {
            s0 += values[i] * values[i];
            s1 += values[i + 1] * values[i + 1];
            s2 += values[i + 2] * values[i + 2];
            s3 += values[i + 3] * values[i + 3];
            s4 += values[i + 4] * values[i + 4];
            s5 += values[i + 5] * values[i + 5];
            s6 += values[i + 6] * values[i + 6];
            s7 += values[i + 7] * values[i + 7];
        }
        for (; i < to; i++) {
            s0 += values[i] * values[i];
        }
        return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
    }

    private boolean eachIsUsable(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!(Math.abs(values[i]) < RowOptimizer.GRADIENT_LIMIT)) {
                return false;
            }
        }
        return true;
    }
}
