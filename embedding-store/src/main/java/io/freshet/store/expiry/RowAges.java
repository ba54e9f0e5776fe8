package io.freshet.store.expiry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * When the rows of one table in a shard were last updated, and from which time on rows are live, by key group. What was
 * last updated before that is gone, whether or not its bytes are still somewhere, and stays gone whatever the rule is later.
 *
 * <pre>
 *   gone            | live from                 newest update
 *   ................|   3   |  12 | 40 | 7 | ... | 210 |
 * </pre>
 *
 * <p>Rows go by whole buckets of {@link AgeBuckets}. The shortest are between 1/256 and 1/128 as long as the time after
 * which rows expire: a row stays so much longer than it has to. Where rows go by their number, so many may be fewer in the
 * end as the oldest bucket has; the rows of the newest bucket never have to make room.
 *
 * <p>Depends on the calls alone. Threads: one.
 */
public final class RowAges {
    private static final int PARTS = 128;

    private final ExpiryRule rule;
    private final AgeBuckets buckets;
    private final long[] liveFrom;
    private final long[] unswept;
    private final BitSet stale = new BitSet();
    private final int shortest;

    /**
     * Without rows.
     *
     * @param rule for all groups together
     * @param groups key groups of the shard, which have the numbers from 0 on here
     */
    public RowAges(ExpiryRule rule, int groups) {
        this.rule = rule;
        // The largest power of two that is at most 1/128 of the time, or 1 ms.
        shortest = 63 - Long.numberOfLeadingZeros(Math.max(1, rule.afterMs() / PARTS));
        buckets = new AgeBuckets(shortest, groups);
        liveFrom = new long[groups];
        Arrays.fill(liveFrom, Long.MIN_VALUE);
        unswept = new long[groups];
    }

    /** Rows that are live. */
    public long rows() {
        return buckets.rows();
    }

    /** What was last updated before this is gone. */
    public long liveFrom(int group) {
        return liveFrom[group];
    }

    /** Rows that are gone, but may still be stored. */
    public long unswept(int group) {
        return unswept[group];
    }

    /** So many of those are stored no more. */
    public void swept(int group, long count) {
        unswept[group] = Math.max(0, unswept[group] - count);
        stale.set(group);
    }

    /** A row has come, last updated then. */
    public void add(int group, long timeMs) {
        buckets.add(group, timeMs);
        stale.set(group);
    }

    /** A live row was updated again. */
    public void move(int group, long fromMs, long toMs) {
        if (buckets.move(group, fromMs, toMs)) {
            stale.set(group);
        }
    }

    /**
     * Lets rows go by the rule.
     *
     * @param clockMs event time that the table has come to; never less than at the call before
     * @return how many went
     */
    public long expire(long clockMs) {
        long limit = limit(clockMs);
        long before = buckets.rows();
        long from = Long.MIN_VALUE;
        for (int i = bucketsToGo(limit); i > 0; i--) {
            from = buckets.end(0);
            for (int group = 0; group < unswept.length; group++) {
                unswept[group] += buckets.rows(0, group);
            }
            buckets.removeOldest();
        }
        // Unless old rows had to stay, what comes too late from now on does not begin to live.
        if (buckets.size() == 0 || buckets.start(0) >= limit) {
            from = Math.max(from, limit);
        }
        raiseLiveFrom(from);
        return before - buckets.rows();
    }

    /** How many rows the rule would let go now. */
    public long wouldExpire(long clockMs) {
        long would = 0;
        for (int i = bucketsToGo(limit(clockMs)) - 1; i >= 0; i--) {
            would += buckets.rows(i);
        }
        return would;
    }

    /** In whole buckets of the shortest length. */
    private long limit(long clockMs) {
        return rule.limit(clockMs) >> shortest << shortest;
    }

    private int bucketsToGo(long limit) {
        long left = buckets.rows();
        int gone = 0;
        for (; gone < buckets.size(); gone++) {
            boolean tooOld = buckets.end(gone) <= limit;
            boolean tooMany = left > rule.maxRows() && gone + 1 < buckets.size();
            if (!tooOld && !tooMany || left - buckets.rows(gone) < rule.minRows()) {
                break;
            }
            left -= buckets.rows(gone);
        }
        return gone;
    }

    private void raiseLiveFrom(long timeMs) {
        for (int group = 0; group < liveFrom.length; group++) {
            if (timeMs > liveFrom[group]) {
                liveFrom[group] = timeMs;
                stale.set(group);
            }
        }
    }

    /** Groups that differ from their bytes since this was asked before. */
    public BitSet takeStale() {
        BitSet taken = (BitSet) stale.clone();
        stale.clear();
        return taken;
    }

    /** What is to be remembered of one key group, as bytes; nothing when there is nothing. */
    public Optional<byte[]> encode(int group) {
        if (!rule.isOn() && liveFrom[group] == Long.MIN_VALUE && unswept[group] == 0) {
            return Optional.empty();
        }
        List<AgesCodec.Bucket> rows = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.rows(i, group) > 0) {
                rows.add(new AgesCodec.Bucket(buckets.start(i), buckets.level(i), buckets.rows(i, group)));
            }
        }
        return Optional.of(AgesCodec.encode(new AgesCodec.Group(liveFrom[group], unswept[group], rule.isOn(), rows)));
    }

    /**
     * Takes a key group over from bytes; the rule may be another one than that of before, and rows of other groups may be
     * counted in longer or shorter buckets. While no rule lets rows go they are not counted.
     *
     * @return whether the rows of the group are counted now; else those that live have to be {@link #add added} should a
     *     rule let them go
     * @throws IllegalStateException when this program does not know the format
     */
    public boolean decode(int group, byte[] value) {
        AgesCodec.Group known = AgesCodec.decode(value);
        liveFrom[group] = known.liveFrom();
        unswept[group] = known.unswept();
        if (rule.isOn() != known.counted()) {
            stale.set(group);
            return false;
        }
        for (AgesCodec.Bucket bucket : known.buckets()) {
            buckets.add(group, bucket.start(), bucket.level(), bucket.rows());
        }
        return known.counted();
    }
}
