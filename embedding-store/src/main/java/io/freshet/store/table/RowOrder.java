package io.freshet.store.table;

import java.util.Arrays;
import java.util.List;

/**
 * The order in which rows leave a shard, be it to the durable tier or to the servers: by key group, then table, then id
 * as a signed number. The same rows always go in the same order, whatever order they came in.
 */
final class RowOrder {
    /** Sees rows in order. */
    @FunctionalInterface
    interface Visitor {
        void row(int keyGroup, int table, long id);
    }

    private RowOrder() {}

    /**
     * Visits each row once.
     *
     * @param ids per table, in any order, some perhaps twice
     */
    static void visit(List<TableSpec> tables, long[][] ids, int maxParallelism, Visitor visitor) {
        int[] bounds = new int[maxParallelism * tables.size() + 1];
        long[] sorted = intoBuckets(tables, ids, maxParallelism, bounds);
        for (int bucket = 0; bucket + 1 < bounds.length; bucket++) {
            Arrays.sort(sorted, bounds[bucket], bounds[bucket + 1]);
            for (int i = bounds[bucket]; i < bounds[bucket + 1]; i++) {
                if (i == bounds[bucket] || sorted[i] != sorted[i - 1]) {
                    visitor.row(bucket / tables.size(), bucket % tables.size(), sorted[i]);
                }
            }
        }
    }

    /**
     * Counting sort by (key group, table).
     *
     * @param bounds gets where bucket b begins, at b, and where it ends, at b + 1
     */
    private static long[] intoBuckets(List<TableSpec> tables, long[][] ids, int maxParallelism, int[] bounds) {
        int[][] buckets = new int[ids.length][];
        for (int table = 0; table < ids.length; table++) {
            buckets[table] = new int[ids[table].length];
            for (int i = 0; i < ids[table].length; i++) {
                int keyGroup = tables.get(table).keyGroup(ids[table][i], maxParallelism);
                buckets[table][i] = keyGroup * tables.size() + table;
                bounds[buckets[table][i] + 1]++;
            }
        }
        for (int bucket = 1; bucket < bounds.length; bucket++) {
            bounds[bucket] = Math.addExact(bounds[bucket], bounds[bucket - 1]);
        }
        long[] sorted = new long[bounds[bounds.length - 1]];
        int[] next = bounds.clone();
        for (int table = 0; table < ids.length; table++) {
            for (int i = 0; i < ids[table].length; i++) {
                sorted[next[buckets[table][i]]++] = ids[table][i];
            }
        }
        return sorted;
    }
}
