package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads the hot rows of a table from threads other than the owner's, past the owner.
 *
 * <p>Threads: any. A row comes as it was between two of the owner's writes; rows of one call may be of different moments.
 */
final class HotReads {
    private final HotTable hot;
    private final int width;
    private final LongAdder rows = new LongAdder();

    HotReads(HotTable hot, int width) {
        this.hot = hot;
        this.width = width;
    }

    /**
     * Reads weights.
     *
     * @param ids rows {@code ids[0 .. count)}
     * @param updatedSinceMs rows whose last update is before this are not here
     * @param out gets row i at {@code position + i * width}; gaps are left for those that are not here. Its position stays
     * @param missing gets the i of those
     * @return how many are missing
     */
    int read(long[] ids, int count, long updatedSinceMs, FloatBuffer out, int[] missing) {
        int start = out.position();
        int misses = 0;
        for (int i = 0; i < count; i++) {
            if (!hot.read(ids[i], updatedSinceMs, width, out, start + i * width)) {
                missing[misses++] = i;
            }
        }
        rows.add(count - misses);
        return misses;
    }

    /** Rows read so far. */
    long rows() {
        return rows.sum();
    }
}
