package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.TableConfig;
import java.util.Collection;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;

/**
 * From which time on the rows of a table and a key group live, worked out from the times of their last updates. Rows go by
 * whole buckets of time, a power of two of milliseconds long, which become longer when 256 do not reach from the oldest
 * row to the newest.
 */
final class ExpectedExpiry {
    private static final int BUCKETS = 256;

    private final long afterMs;
    private final long minRows;
    private final long maxRows;
    private long bucketMs = 1;
    private long liveFromMs = Long.MIN_VALUE;

    /** The limit by age when it was last looked at, as the number of a bucket. */
    private long lastLimit = Long.MIN_VALUE;

    ExpectedExpiry(TableConfig table, int keyGroups) {
        afterMs = table.expireAfter().toMillis();
        minRows = (table.expiry().minRows() + keyGroups - 1) / keyGroups;
        maxRows = table.expiry().maxRows() / keyGroups;
        while (2 * bucketMs <= afterMs / (BUCKETS / 2)) {
            bucketMs *= 2;
        }
    }

    /** Whether rows expire at all. */
    boolean isOn() {
        return afterMs > 0 || maxRows > 0;
    }

    /** Rows that were last updated before this are gone, and gradients as old do not begin a row. */
    long liveFromMs() {
        return liveFromMs;
    }

    /** A row is about to be updated at that time, the times of the others being these. */
    void updated(long timeMs, Collection<Long> others) {
        LongSummaryStatistics all = others.stream().mapToLong(Long::longValue).summaryStatistics();
        long oldest = Math.min(timeMs, all.getMin());
        long newest = Math.max(timeMs, all.getMax());
        while (!others.isEmpty() && bucket(newest) - bucket(oldest) >= BUCKETS) {
            bucketMs *= 2;
            lastLimit = Long.MIN_VALUE;
        }
    }

    /** Event time is now that. */
    void settle(long clockMs, Collection<Long> updates) {
        long limit = afterMs == 0 ? bucket(Long.MIN_VALUE) : bucket(clockMs - afterMs);
        if (limit == lastLimit && (maxRows == 0 || updates.size() <= maxRows)) {
            return;
        }
        lastLimit = limit;
        TreeMap<Long, Integer> buckets = new TreeMap<>();
        updates.forEach(time -> buckets.merge(bucket(time), 1, Integer::sum));
        int left = updates.size();
        while (!buckets.isEmpty() && goes(buckets, left, limit)) {
            Map.Entry<Long, Integer> oldest = buckets.pollFirstEntry();
            left -= oldest.getValue();
            liveFromMs = Math.max(liveFromMs, (oldest.getKey() + 1) * bucketMs);
        }
        if (afterMs > 0 && (buckets.isEmpty() || buckets.firstKey() >= limit)) {
            liveFromMs = Math.max(liveFromMs, limit * bucketMs);
        }
    }

    private boolean goes(TreeMap<Long, Integer> buckets, int left, long limit) {
        boolean tooOld = buckets.firstKey() < limit;
        boolean tooMany = maxRows > 0 && left > maxRows && buckets.size() > 1;
        return (tooOld || tooMany) && left - buckets.firstEntry().getValue() >= minRows;
    }

    private long bucket(long timeMs) {
        return Math.floorDiv(timeMs, bucketMs);
    }
}
