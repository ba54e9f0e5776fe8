package io.freshet.store.table;

import java.time.Duration;

/**
 * How many dirty rows to write at a moment, so that few are left at the next barrier and none is written much oftener
 * than it has to be.
 *
 * <p>A row that is written at once is soon dirty again, and one that waits for the barrier makes it long. So the dirty
 * rows are spread over the time that is left to the barrier, {@code dirty / time left} per unit of time: early in the
 * interval little is written, and rows that come again gather their updates; at its end next to nothing waits. When a
 * barrier is late only {@code kept} rows wait for it. No weight depends on any of this, see {@link RowTables}.
 *
 * <p>Threads: one, the owner of the rows.
 */
public final class WriteBehindPace {
    /** So many rows are worth a batch; fewer wait until they are owed. */
    private static final int ROWS_WORTH_WRITING = 1_024;

    /** No caller is held up for longer than so many rows take, some 50 ms. */
    private static final int ROWS_AT_ONCE = 16_384;

    private final long intervalNanos;
    private final int kept;
    private long barrierNanos;
    private long lastNanos;
    private double owed;

    /**
     * Begins at a barrier.
     *
     * @param interval expected from barrier to barrier
     * @param kept so many rows may be left to the barrier
     * @param nowNanos as {@link System#nanoTime}, here and below
     */
    public WriteBehindPace(Duration interval, int kept, long nowNanos) {
        intervalNanos = interval.toNanos();
        this.kept = kept;
        barrier(nowNanos);
    }

    /** Everything has been written. */
    public void barrier(long nowNanos) {
        barrierNanos = nowNanos;
        lastNanos = nowNanos;
        owed = 0;
    }

    /** How many rows to write now; whoever asks writes them. */
    public int rowsToWrite(int dirtyRows, long nowNanos) {
        long elapsed = nowNanos - lastNanos;
        long left = barrierNanos + intervalNanos - lastNanos;
        lastNanos = nowNanos;
        int surplus = dirtyRows - kept;
        if (surplus <= 0) {
            owed = 0;
            return 0;
        }
        owed = elapsed >= left ? surplus : Math.min(surplus, owed + (double) surplus * elapsed / left);
        if (owed < Math.min(ROWS_WORTH_WRITING, surplus)) {
            return 0;
        }
        int rows = (int) Math.min(owed, ROWS_AT_ONCE);
        owed -= rows;
        return rows;
    }
}
