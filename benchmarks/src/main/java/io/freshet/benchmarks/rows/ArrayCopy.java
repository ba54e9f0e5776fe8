package io.freshet.benchmarks.rows;

import java.nio.FloatBuffer;

/**
 * The bound: copies as many bytes of rows as a gather does, but one after the other from a large array, with nothing to
 * look up.
 */
final class ArrayCopy implements SideBySide.BatchWork {
    /** Half a gigabyte, so that a cache of the last level does not hold it. */
    private static final int FLOATS_MAX = 1 << 27;

    private final float[] rows;
    private final int width;
    private int at;

    ArrayCopy(BenchTable table, int rows) {
        width = table.width();
        this.rows = new float[(int) Math.min((long) rows * width, FLOATS_MAX)];
    }

    @Override
    public void run(long[][] batches, FloatBuffer out) {
        for (long[] ids : batches) {
            int left = ids.length * width;
            out.clear();
            while (left > 0) {
                int run = Math.min(left, rows.length - at);
                out.put(rows, at, run);
                at = at + run == rows.length ? 0 : at + run;
                left -= run;
            }
        }
    }
}
