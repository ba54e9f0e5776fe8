package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import io.freshet.store.hot.SlotSet;

/**
 * Which rows of a table have changed since the last drain: by slot while they are hot, by id when they had to leave. A
 * row that comes back may be here twice.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class ChangedRows {
    private final HotTable hot;
    private final SlotSet hotRows = new SlotSet();
    private final LongSet others = new LongSet();
    private final LongSet maybeGone = new LongSet();

    ChangedRows(HotTable hot) {
        this.hot = hot;
    }

    /** The hot rows of {@code slots[0 .. count)} have changed. */
    void add(int[] slots, int count) {
        hotRows.addAll(slots, count);
    }

    /** A row has changed that may be hot. */
    void addId(long id) {
        int slot = hot.find(id);
        if (slot == HotTable.NONE) {
            others.add(id);
        } else {
            hotRows.add(slot);
        }
    }

    /** A row has changed, and may since have gone for good. */
    void addMaybeGone(long id) {
        addId(id);
        maybeGone.add(id);
    }

    /** Whether it is in order that a changed row is not there. */
    boolean maybeGone(long id) {
        return maybeGone.contains(id);
    }

    void addAllHot() {
        for (int slot = 0; slot < hot.slots(); slot++) {
            if (hot.isInUse(slot)) {
                hotRows.add(slot);
            }
        }
    }

    /** A row is about to leave the hot table. */
    void leaves(int slot) {
        if (hotRows.contains(slot)) {
            hotRows.remove(slot);
            others.add(hot.id(slot));
        }
    }

    /** In no order, some perhaps twice. */
    long[] ids() {
        long[] ids = new long[hotRows.size() + others.size()];
        int[] n = {0};
        for (int slot = hotRows.next(0); slot != HotTable.NONE; slot = hotRows.next(slot + 1)) {
            ids[n[0]++] = hot.id(slot);
        }
        others.forEach(id -> ids[n[0]++] = id);
        return ids;
    }

    void clear() {
        hotRows.clear();
        others.clear();
        maybeGone.clear();
    }
}
