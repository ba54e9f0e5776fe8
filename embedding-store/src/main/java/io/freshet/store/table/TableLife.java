package io.freshet.store.table;

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
 * rows have just begun to expire in the pipeline file, the rows that are stored are gone through once.
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

    /** By key group; null when rows do not expire. */
    private final RowAges[] ages;

    private final BitSet stale = new BitSet();
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
        rule = new ExpiryRule(
                        spec.config().expireAfter().toMillis(),
                        spec.config().expiry().minRows(),
                        spec.config().expiry().maxRows())
                .share(maxParallelism);
        dryRun = spec.config().expiry().dryRun();
        boolean expires = rule.afterMs() > 0 || rule.maxRows() > 0;
        ages = expires ? new RowAges[maxParallelism] : null;
        restore();
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
        return ages != null
                && lastUpdateMs < liveSinceMs
                && lastUpdateMs < ages[spec.keyGroup(id, maxParallelism)].liveFrom();
    }

    /**
     * Gradients of that time are about to be applied: settles what lives, until the next time. Nothing else does, so that
     * it cannot be seen what was read meanwhile, and from where.
     */
    void beginApply(long timeMs) {
        clock.advance(timeMs);
        for (int group = owned.first(); ages != null && !dryRun && group <= owned.last(); group++) {
            if (ages[group].isDue(clock.nowMs())) {
                expired += ages[group].expire(clock.nowMs());
                stale.set(group);
                raiseLiveSince(ages[group].liveFrom());
            }
        }
    }

    /** A gradient touches a row that does not live; true when it does from now on. */
    boolean admits(long id, long timeMs) {
        int group = spec.keyGroup(id, maxParallelism);
        if (ages != null && timeMs < ages[group].liveFrom() || !admission.admits(group, id, clock.nowMs())) {
            return false;
        }
        if (ages != null) {
            ages[group].add(timeMs);
            stale.set(group);
        }
        return true;
    }

    /** A row that lives was updated. */
    void updated(long id, long beforeMs, long nowMs) {
        if (ages != null) {
            int group = spec.keyGroup(id, maxParallelism);
            ages[group].move(beforeMs, nowMs);
            stale.set(group);
        }
    }

    /** Rows that are gone, but may still be stored. */
    long unswept() {
        long unswept = 0;
        for (int group = 0; ages != null && group < maxParallelism; group++) {
            unswept += unswept(group);
        }
        return unswept;
    }

    /** Those of a key group. */
    long unswept(int group) {
        return ages[group] == null ? 0 : ages[group].unswept();
    }

    /** So many rows of a key group that were gone are stored no more. */
    void swept(int keyGroup, long count) {
        ages[keyGroup].swept(count);
        stale.set(keyGroup);
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
        long rows = 0;
        long would = 0;
        for (int group = 0; ages != null && group < maxParallelism; group++) {
            rows += ages[group] == null ? 0 : ages[group].rows();
            would += ages[group] == null || !dryRun ? 0 : ages[group].wouldExpire(clock.nowMs());
        }
        return new LifeCounts(rows, expired, would, unswept(), admission.notAdmitted(), admission.errorBound());
    }

    /** Brings the state up to date. */
    void store() {
        stale.stream().forEach(group -> durable.putMetadata(group, name(), ages[group].encode()));
        stale.clear();
        admission.store();
    }

    private void raiseLiveSince(long timeMs) {
        if (timeMs > liveSinceMs) {
            liveSinceMs = timeMs;
        }
    }

    private void restore() {
        BitSet unknown = new BitSet();
        for (int group = owned.first(); group <= owned.last(); group++) {
            byte[] value = durable.metadata(group, name());
            if (ages == null) {
                // Should rows expire again one day, what was known of them by then would be wrong.
                if (value != null) {
                    durable.putMetadata(group, name(), null);
                }
                continue;
            }
            unknown.set(group, value == null);
            ages[group] = value == null ? new RowAges(rule) : RowAges.decode(value, rule);
            raiseLiveSince(ages[group].liveFrom());
        }
        if (!unknown.isEmpty()) {
            goThrough(unknown);
        }
    }

    private void goThrough(BitSet groups) {
        RowWalk walk = durable.walk(spec.index());
        int seen;
        do {
            seen = walk.next(ROWS_PER_STEP, (table, id, value) -> {
                int group = spec.keyGroup(id, maxParallelism);
                if (groups.get(group)) {
                    ages[group].add(RowCodec.lastUpdateMs(value));
                    stale.set(group);
                }
            });
        } while (seen == ROWS_PER_STEP);
    }

    private String name() {
        return "ages." + spec.name();
    }
}
