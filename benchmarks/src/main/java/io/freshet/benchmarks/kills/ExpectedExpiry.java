package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.TableConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * From which time on the rows of a table live, worked out from the times of their last updates. Rows go by whole buckets of
 * time: as short as the table's rule allows where a row is the first of its time, and longer where two neighbours had to
 * become one since there were 512 already.
 */
final class ExpectedExpiry {
    private static final int MOST_BUCKETS = 512;

    private final long afterMs;
    private final long minRows;
    private final long maxRows;
    private final long shortestMs;
    private long liveFromMs = Long.MIN_VALUE;

    /** How many rows were last updated at each millisecond. */
    private final NavigableMap<Long, Integer> updates = new TreeMap<>();

    /** Length by start; one that has a row holds its time, none is without. */
    private final NavigableMap<Long, Long> buckets = new TreeMap<>();

    ExpectedExpiry(TableConfig table) {
        afterMs = table.expireAfter().toMillis();
        minRows = table.expiry().minRows();
        maxRows =
                table.expiry().maxRows() == 0 ? Long.MAX_VALUE : table.expiry().maxRows();
        shortestMs = Math.max(1, Long.highestOneBit(afterMs / 128));
    }

    /** Whether rows expire at all. */
    boolean isOn() {
        return afterMs > 0 || maxRows < Long.MAX_VALUE;
    }

    /** Rows that were last updated before this are gone, and gradients as old do not begin a row. */
    long liveFromMs() {
        return liveFromMs;
    }

    /** A row begins at that time. */
    void begins(long timeMs) {
        makeBucket(timeMs);
        updates.merge(timeMs, 1, Integer::sum);
    }

    /** A row that was last updated then is updated again. */
    void updated(long beforeMs, long timeMs) {
        begins(timeMs);
        updates.computeIfPresent(beforeMs, (time, rows) -> rows == 1 ? null : rows - 1);
        long start = buckets.floorKey(beforeMs);
        if (rows(start) == 0) {
            buckets.remove(start);
        }
    }

    /** Event time is now that. */
    void settle(long clockMs) {
        long limit = Math.floorDiv(clockMs - afterMs, shortestMs) * shortestMs;
        long left = updates.values().stream().mapToLong(Integer::longValue).sum();
        while (!buckets.isEmpty() && goes(left, limit)) {
            long start = buckets.firstKey();
            liveFromMs = Math.max(liveFromMs, end(start));
            left -= rows(start);
            updates.subMap(start, end(start)).clear();
            buckets.remove(start);
        }
        if (afterMs > 0 && (buckets.isEmpty() || buckets.firstKey() >= limit)) {
            liveFromMs = Math.max(liveFromMs, limit);
        }
    }

    private boolean goes(long left, long limit) {
        boolean tooOld = afterMs > 0 && end(buckets.firstKey()) <= limit;
        boolean tooMany = left > maxRows && buckets.size() > 1;
        return (tooOld || tooMany) && left - rows(buckets.firstKey()) >= minRows;
    }

    private void makeBucket(long timeMs) {
        while (!isInBucket(timeMs)) {
            if (buckets.size() < MOST_BUCKETS) {
                buckets.put(Math.floorDiv(timeMs, shortestMs) * shortestMs, shortestMs);
            } else {
                List<Long> fewest = fewest();
                long length = joint(fewest);
                fewest.forEach(buckets::remove);
                buckets.put(Math.floorDiv(fewest.get(0), length) * length, length);
            }
        }
    }

    private boolean isInBucket(long timeMs) {
        Map.Entry<Long, Long> bucket = buckets.floorEntry(timeMs);
        return bucket != null && timeMs < bucket.getKey() + bucket.getValue();
    }

    /** The starts of all buckets within one that is longer, and that have the fewest rows; the newest is none of them. */
    private List<Long> fewest() {
        List<Long> starts = new ArrayList<>(buckets.keySet());
        long[] rowsBefore = new long[starts.size() + 1];
        for (int i = 0; i < starts.size(); i++) {
            rowsBefore[i + 1] = rowsBefore[i] + rows(starts.get(i));
        }
        List<Long> best = List.of();
        long fewest = Long.MAX_VALUE;
        for (long length = 2 * shortestMs; length <= 1L << 62 && length > 0; length *= 2) {
            for (int from = 0, to; from < starts.size(); from = to) {
                long number = Math.floorDiv(starts.get(from), length);
                for (to = from + 1; to < starts.size() && starts.get(to) / length == number; ) {
                    to++;
                }
                List<Long> within = starts.subList(from, to);
                long rows = rowsBefore[to] - rowsBefore[from];
                boolean better = rows < fewest || rows == fewest && within.get(0) < best.get(0);
                if (within.size() > 1 && to < starts.size() && better) {
                    fewest = rows;
                    best = within;
                }
            }
        }
        return List.copyOf(best);
    }

    /** The length of the shortest bucket that would hold all of these. */
    private long joint(List<Long> starts) {
        long length = shortestMs;
        while (starts.get(0) / length != starts.get(starts.size() - 1) / length) {
            length *= 2;
        }
        return length;
    }

    private long rows(long start) {
        return updates.subMap(start, end(start)).values().stream()
                .mapToLong(Integer::longValue)
                .sum();
    }

    private long end(long start) {
        return start + buckets.get(start);
    }
}
