package io.freshet.store.table;

import io.freshet.contracts.pipeline.ExpiryConfig;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowWalk;
import io.freshet.store.expiry.ExpiryRule;
import io.freshet.store.expiry.RowAges;
import java.util.BitSet;

/**
 * Which rows of a table live: a row begins to when it is admitted, and ends when it expires. All by event time and by the
 * gradients given, so that neither the size of the hot table nor the moment of a sweep can be seen in a weight.
 *
 * <p>The ages of a key group's rows are a value of that group, named {@code ages.<table>}. Where there is none, as when
 * rows have just begun to expire in the pipeline file, the rows that are stored are gone through once. When rows do not
 * expire any more, what has gone by then stays gone: that much of the value is kept.
 *
 * <p>Threads: one; but any may call {@link #liveSinceMs}.
 */
final class TableLife {
    private static final int ROWS_PER_STEP = 4_096;

    private final TableSpec spec;
    private final DurableRows durable;
    private final EventClock clock;
    private final int maxParallelism;
    private final KeyGroupSpan owned;
    private final TableAdmission admission;
    private final ExpiryRule rule;
    private final boolean dryRun;

    private final boolean expires;

    /** Of the owned key groups; null when rows do not expire and never have. */
    private final RowAges ages;

    private long expired;

    /** The latest of the times from which on the rows of a group live. */
    private volatile long liveSinceMs = Long.MIN_VALUE;

    TableLife(TableSpec spec, DurableRows durable, int maxParallelism, EventClock clock) {
        this.spec = spec;
        this.durable = durable;
        this.clock = clock;
        this.maxParallelism = maxParallelism;
        owned = durable.keyGroups();
        admission = new TableAdmission(spec, durable, maxParallelism);
        ExpiryConfig expiry = spec.config().expiry();
        long maxRows = expiry.maxRows() == 0 ? ExpiryRule.UNLIMITED : expiry.maxRows();
        rule = new ExpiryRule(spec.config().expireAfter().toMillis(), expiry.minRows(), maxRows)
                .share(owned.first(), owned.last(), maxParallelism);
        dryRun = expiry.dryRun();
        expires = rule.isOn();
        RowAges restored = new RowAges(rule, owned.last() - owned.first() + 1);
        BitSet uncounted = new BitSet();
        boolean known = restore(restored, uncounted);
        ages = expires || known ? restored : null;
        if (expires && !uncounted.isEmpty()) {
            goThrough(uncounted);
        }
        if (ages != null) {
            raiseLiveSince();
        }
    }

    /** Whether a row has to be asked for here before it is made, and after it is updated. */
    boolean isOn() {
        return ages != null || admission.isOn();
    }

    /** A row that was last updated then or later is live. For any thread. */
    long liveSinceMs() {
        return liveSinceMs;
    }

    /** Whether a stored row is gone by now. */
    boolean isExpired(long id, long lastUpdateMs) {
        return ages != null && lastUpdateMs < liveSinceMs && lastUpdateMs < ages.liveFrom(place(id));
    }

    /**
     * Gradients of that time are about to be applied: settles what lives, until the next time. Nothing else does, so that
     * it cannot be seen what was read meanwhile, and from where.
     */
    void beginApply(long timeMs) {
        clock.advance(timeMs);
        if (expires && !dryRun) {
            expired += ages.expire(clock.nowMs());
            raiseLiveSince();
        }
    }

    /** A gradient touches a row that does not live; true when it does from now on. */
    boolean admits(long id, long timeMs) {
        int group = spec.keyGroup(id, maxParallelism);
        boolean tooLate = ages != null && timeMs < ages.liveFrom(group - owned.first());
        if (tooLate || !admission.admits(group, id, clock.nowMs())) {
            return false;
        }
        if (expires) {
            ages.add(group - owned.first(), timeMs);
        }
        return true;
    }

    /** A row that lives was updated. */
    void updated(long id, long beforeMs, long nowMs) {
        if (expires) {
            ages.move(place(id), beforeMs, nowMs);
        }
    }

    /** Rows that are gone, but may still be stored. */
    long unswept() {
        long unswept = 0;
        for (int group = owned.first(); ages != null && group <= owned.last(); group++) {
            unswept += unswept(group);
        }
        return unswept;
    }

    /** Those of a key group. */
    long unswept(int group) {
        boolean known = ages != null && group >= owned.first() && group <= owned.last();
        return known ? ages.unswept(group - owned.first()) : 0;
    }

    /** So many rows of a key group that were gone are stored no more. */
    void swept(int group, long count) {
        ages.swept(group - owned.first(), count);
    }

    /** Event time now. */
    long clockMs() {
        return clock.nowMs();
    }

    /** See {@link ExpiryRule#afterMs}. */
    long expireAfterMs() {
        return rule.afterMs();
    }

    LifeCounts counts() {
        long rows = expires ? ages.rows() : 0;
        long would = expires && dryRun ? ages.wouldExpire(clock.nowMs()) : 0;
        return new LifeCounts(rows, expired, would, unswept(), admission.notAdmitted(), admission.errorBound());
    }

    /** Brings the state up to date. */
    void store() {
        if (ages != null) {
            ages.takeStale().stream()
                    .forEach(place -> durable.putMetadata(
                            owned.first() + place, name(), ages.encode(place).orElse(null)));
        }
        admission.store();
    }

    private void raiseLiveSince() {
        long newest = liveSinceMs;
        for (int group = owned.first(); group <= owned.last(); group++) {
            newest = Math.max(newest, ages.liveFrom(group - owned.first()));
        }
        if (newest > liveSinceMs) {
            liveSinceMs = newest;
        }
    }

    /** Takes over what the state knows, if anything, and notes the groups whose rows it has not counted. */
    private boolean restore(RowAges into, BitSet uncounted) {
        boolean known = false;
        for (int group = owned.first(); group <= owned.last(); group++) {
            byte[] value = durable.metadata(group, name());
            boolean counted = value != null && into.decode(group - owned.first(), value);
            uncounted.set(group, !counted);
            known |= value != null;
        }
        return known;
    }

    /** Counts the rows of these groups that live. */
    private void goThrough(BitSet groups) {
        RowWalk walk = durable.walk(spec.index());
        int seen;
        do {
            seen = walk.next(ROWS_PER_STEP, (table, id, value) -> {
                int group = spec.keyGroup(id, maxParallelism);
                long lastUpdateMs = RowCodec.lastUpdateMs(value);
                if (groups.get(group) && lastUpdateMs >= ages.liveFrom(group - owned.first())) {
                    ages.add(group - owned.first(), lastUpdateMs);
                }
            });
        } while (seen == ROWS_PER_STEP);
    }

    /** The key group of a row, counted from the first that is owned. */
    private int place(long id) {
        return spec.keyGroup(id, maxParallelism) - owned.first();
    }

    private String name() {
        return "ages." + spec.name();
    }
}
