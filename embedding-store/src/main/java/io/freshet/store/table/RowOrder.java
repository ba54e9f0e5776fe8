package io.freshet.store.table;

import java.util.Arrays;

/**
 * The order in which rows of a table leave a shard, be it to the durable tier or to the servers: by key group, then id as
 * an unsigned number, which is the order of their keys in a database. The same rows always go in the same order,
 * whatever order they came in.
 *
 * <p>Threads: one; it reuses its memory.
 */
final class RowOrder {
    private final TableSpec table;
    private final int maxParallelism;
    private final int[] bounds;
    private long[] sorted = new long[0];

    RowOrder(TableSpec table, int maxParallelism) {
        this.table = table;
        this.maxParallelism = maxParallelism;
        bounds = new int[maxParallelism + 1];
    }

    /** The key group that owns a row. */
    int keyGroup(long id) {
        return table.keyGroup(id, maxParallelism);
    }

    /**
     * Sorts ids in place and drops those that are there twice.
     *
     * @return how many are left, at the front
     */
    int sortDistinct(long[] ids, int count) {
        intoKeyGroups(ids, count);
        int distinct = 0;
        for (int group = 0; group < maxParallelism; group++) {
            int from = bounds[group];
            int to = bounds[group + 1];
            Arrays.sort(sorted, from, to);
            for (int i = from; i < to; i++) {
                if (i == from || sorted[i] != sorted[i - 1]) {
                    ids[distinct++] = sorted[i] ^ Long.MIN_VALUE;
                }
            }
        }
        return distinct;
    }

    /** Counting sort; the ids go into {@link #sorted} with their signs turned, group g from bounds[g] to bounds[g + 1]. */
    private void intoKeyGroups(long[] ids, int count) {
        if (sorted.length < count) {
            sorted = new long[count];
        }
        Arrays.fill(bounds, 0);
        for (int i = 0; i < count; i++) {
            bounds[keyGroup(ids[i])]++;
        }
        int end = 0;
        for (int group = 0; group <= maxParallelism; group++) {
            end += bounds[group];
            bounds[group] = end;
        }
        // From the ends down, so that each bound arrives where its group begins.
        for (int i = count - 1; i >= 0; i--) {
            sorted[--bounds[keyGroup(ids[i])]] = ids[i] ^ Long.MIN_VALUE;
        }
    }
}
