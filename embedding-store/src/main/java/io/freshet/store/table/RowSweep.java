package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.RowWalk;
import io.freshet.store.hot.HotTable;
import java.util.Arrays;

/**
 * Removes rows that are gone, a few at a time, and lets the next version say so. Goes round the hot rows first, then round
 * the durable ones: what leaves the hot table meanwhile is found there.
 *
 * <p>A round begins when an eighth of the rows are gone, or when an eighth of the time after which rows expire has passed
 * since the last one began: so a row that is gone leaves the servers in time, and each row is looked at a few times at most
 * while it lives.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class RowSweep {
    private static final int PARTS = 8;

    /** Between two rounds where rows go by their number alone. */
    private static final long HOUR_MS = 3_600_000;

    private final TableSpec spec;
    private final HotTable hot;
    private final DurableRows durable;
    private final RowWriter writer;
    private final ChangedRows changed;
    private final TableLife life;
    private final RowOrder order;

    /** The round's way through the durable rows; null between two rounds. */
    private RowWalk walk;

    private int hotSlot;
    private long begunMs = Long.MIN_VALUE;

    /** Rows of each key group that were gone when the round began: at its end, they are stored no more. */
    private final long[] unswept;

    RowSweep(TableSpec spec, HotTable hot, DurableRows durable, RowWriter writer, Tracked tracked) {
        this.spec = spec;
        this.hot = hot;
        this.durable = durable;
        this.writer = writer;
        changed = tracked.changed();
        life = tracked.life();
        order = tracked.order();
        unswept = new long[tracked.maxParallelism()];
    }

    /** What is known about the rows of a table beside their values. */
    record Tracked(ChangedRows changed, TableLife life, RowOrder order, int maxParallelism) {}

    /** Looks at no more than so many rows. */
    void sweep(int maxRows) {
        if (walk == null && !isDue()) {
            return;
        }
        if (walk == null) {
            walk = durable.walk(spec.index());
            hotSlot = 0;
            begunMs = life.clockMs();
            Arrays.setAll(unswept, life::unswept);
        }
        int looked = sweepHot(maxRows);
        if (looked < maxRows) {
            sweepDurable(maxRows - looked);
        }
    }

    private boolean isDue() {
        long unswept = life.unswept();
        long period = life.expireAfterMs() > 0 ? life.expireAfterMs() / PARTS : HOUR_MS;
        return unswept > 0 && (unswept >= life.counts().rows() / PARTS || life.clockMs() - period >= begunMs);
    }

    private int sweepHot(int maxRows) {
        int looked = 0;
        long[] ids = new long[Math.min(maxRows, Math.max(0, hot.slots() - hotSlot))];
        int gone = 0;
        for (; looked < maxRows && hotSlot < hot.slots(); hotSlot++, looked++) {
            if (hot.isInUse(hotSlot) && life.isExpired(hot.id(hotSlot), hot.lastUpdate(hotSlot))) {
                ids[gone++] = hot.id(hotSlot);
                writer.forget(hotSlot);
                changed.leaves(hotSlot);
                hot.remove(hotSlot);
            }
        }
        remove(ids, gone);
        return looked;
    }

    private void sweepDurable(int maxRows) {
        long[] ids = new long[maxRows];
        int[] gone = {0};
        int looked = walk.next(maxRows, (table, id, value) -> {
            // A hot row is the newer one, and its turn has been or will be.
            if (life.isExpired(id, RowCodec.lastUpdateMs(value)) && hot.find(id) == HotTable.NONE) {
                ids[gone[0]++] = id;
            }
        });
        remove(ids, gone[0]);
        if (looked < maxRows) {
            walk = null;
            for (int group = 0; group < unswept.length; group++) {
                if (unswept[group] > 0) {
                    life.swept(group, unswept[group]);
                }
            }
        }
    }

    private void remove(long[] ids, int count) {
        if (count == 0) {
            return;
        }
        int distinct = order.sortDistinct(ids, count);
        durable.delete(spec.index(), ids, 0, distinct);
        for (int i = 0; i < distinct; i++) {
            changed.addMaybeGone(ids[i]);
        }
    }
}
