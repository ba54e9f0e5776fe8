package io.freshet.store.expiry;

import java.util.Arrays;

/**
 * How many rows of each key group were last updated when, in at most {@value #MOST} buckets of time, oldest first.
 *
 * <pre>
 *   oldest                                         newest
 *   |      3      |  12  | 40 |     |  7 | 11 | 2 | 210 |
 * </pre>
 *
 * <p>A bucket is a power of two of milliseconds long, and begins at a multiple of that: so two buckets are apart or one holds
 * the other, also when they were made by different shards. A time that no bucket holds gets one of the shortest length. When
 * there are too many, the fewest rows that make up one longer bucket become one; the newest bucket is left as it is. So
 * buckets are short where many rows are. A bucket without rows is dropped: what is here follows from the rows alone
 * and from the order in which they came.
 *
 * <p>Threads: one.
 */
final class AgeBuckets {
    /** More than that many of the shortest length as rows that expire can need. */
    static final int MOST = 512;

    /** Two buckets that only one of 2^63 ms would hold stay two. */
    private static final int LONGEST = 62;

    private final int shortest;
    private final int groups;
    private final long[] starts = new long[MOST];
    private final int[] levels = new int[MOST];
    private final long[] sums = new long[MOST];
    private final int[][] counts = new int[MOST][];
    private int size;
    private long rows;

    /**
     * Without rows.
     *
     * @param shortest log2 of the milliseconds of the shortest buckets
     */
    AgeBuckets(int shortest, int groups) {
        this.shortest = shortest;
        this.groups = groups;
    }

    /** How many buckets there are. */
    int size() {
        return size;
    }

    /** Rows of all buckets. */
    long rows() {
        return rows;
    }

    /** Rows of one bucket; 0 is the oldest. */
    long rows(int bucket) {
        return sums[bucket];
    }

    /** Those of them that are of one key group. */
    int rows(int bucket, int group) {
        return counts[bucket][group];
    }

    /** The first millisecond of a bucket. */
    long start(int bucket) {
        return starts[bucket];
    }

    /** The first millisecond behind a bucket. */
    long end(int bucket) {
        return starts[bucket] + (1L << levels[bucket]);
    }

    /** Log2 of a bucket's milliseconds. */
    int level(int bucket) {
        return levels[bucket];
    }

    /** A row has come, last updated then. */
    void add(int group, long timeMs) {
        add(group, timeMs, shortest, 1);
    }

    /** So many rows have come from a bucket of that length, which holds that time. */
    void add(int group, long timeMs, int level, int count) {
        int bucket = at(timeMs, level);
        counts[bucket][group] += count;
        sums[bucket] += count;
        rows += count;
    }

    /** A row that is here was updated again; false when that makes no difference. */
    boolean move(int group, long fromMs, long toMs) {
        int before = find(fromMs);
        if (before == find(toMs)) {
            return false;
        }
        add(group, toMs);
        before = find(fromMs); // Buckets have moved up, or become one.
        counts[before][group]--;
        sums[before]--;
        rows--;
        if (sums[before] == 0) {
            replace(before, before + 1, 0);
        }
        return true;
    }

    /** Drops the oldest bucket. */
    void removeOldest() {
        rows -= sums[0];
        replace(0, 1, 0);
    }

    /** The bucket that holds a time; below 0, with all bits turned, where one would be inserted. */
    private int find(long timeMs) {
        int low = 0;
        int high = size;
        if (size > 0 && starts[size - 1] <= timeMs) {
            low = size; // Most rows are the newest.
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (starts[middle] <= timeMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && timeMs < end(low - 1) ? low - 1 : ~low;
    }

    /** The bucket that holds a time, made if need be, at least so long. */
    private int at(long timeMs, int level) {
        int found = find(timeMs);
        while (found < 0 || levels[found] < level) {
            long start = timeMs >> level << level;
            int from = found < 0 ? ~found : found;
            while (from > 0 && starts[from - 1] >= start) {
                from--;
            }
            int to = from;
            while (to < size && starts[to] - start < 1L << level) {
                to++;
            }
            if (from == to && size == MOST) {
                mergeFewest();
            } else {
                merge(from, to, start, level);
            }
            found = find(timeMs);
        }
        return found;
    }

    /** Makes one bucket of those with the fewest rows that can become one. */
    private void mergeFewest() {
        long fewest = Long.MAX_VALUE;
        int bestFrom = 0;
        int bestTo = 0;
        for (int i = 0; i + 2 < size; i++) {
            int level = joint(i);
            if (level > LONGEST) {
                continue;
            }
            int from = i;
            while (from > 0 && starts[from - 1] >> level == starts[i] >> level) {
                from--;
            }
            int to = i + 1;
            long sum = 0;
            for (int j = from; j < size && sum < fewest && starts[j] >> level == starts[i] >> level; j++) {
                sum += sums[j];
                to = j + 1;
            }
            if (sum < fewest && to < size) {
                fewest = sum;
                bestFrom = from;
                bestTo = to;
            }
        }
        int level = joint(bestFrom, bestTo - 1);
        merge(bestFrom, bestTo, starts[bestFrom] >> level << level, level);
    }

    private int joint(int bucket) {
        return joint(bucket, bucket + 1);
    }

    /** Log2 of the milliseconds of the shortest bucket that would hold both. */
    private int joint(int one, int other) {
        return Long.SIZE - Long.numberOfLeadingZeros(starts[one] ^ starts[other]);
    }

    /** One bucket in place of some, or of none. */
    private void merge(int from, int to, long start, int level) {
        int[] merged = new int[groups];
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += sums[i];
            for (int group = 0; group < groups; group++) {
                merged[group] += counts[i][group];
            }
        }
        replace(from, to, 1);
        starts[from] = start;
        levels[from] = level;
        sums[from] = sum;
        counts[from] = merged;
    }

    /** Leaves room for so many in place of some. */
    private void replace(int from, int to, int places) {
        int moved = size - to;
        System.arraycopy(starts, to, starts, from + places, moved);
        System.arraycopy(levels, to, levels, from + places, moved);
        System.arraycopy(sums, to, sums, from + places, moved);
        System.arraycopy(counts, to, counts, from + places, moved);
        size += from + places - to;
        Arrays.fill(counts, size, Math.max(size, to + moved), null);
    }
}
