package io.freshet.store.table;

import io.freshet.store.hot.HotTable;

/**
 * How rows of a table come to be hot, and leave to make room: from the durable tier, through {@link StagedRows}, or new.
 * Those that leave are written first if they are dirty, and go on counting as changed.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class HotResidents {
    private final HotTable hot;
    private final StagedRows staged;
    private final RowWriter writer;
    private final ChangedRows changed;
    private final NewRows newRows;

    /** Slots of rows that are to leave; as long as it had to be so far. */
    private int[] leaving = new int[1];

    private long evictions;

    HotResidents(HotTable hot, StagedRows staged, RowWriter writer, ChangedRows changed, NewRows newRows) {
        this.hot = hot;
        this.staged = staged;
        this.writer = writer;
        this.changed = changed;
        this.newRows = newRows;
    }

    /** Rows that had to leave so far. */
    long evictions() {
        return evictions;
    }

    /** Makes hot what the durable tier had of the last fetch. */
    void installStaged() {
        makeRoom(staged.found());
        for (int row = 0; row < staged.rows(); row++) {
            if (staged.exists(row)) {
                install(row);
            }
        }
    }

    /** The slot of a row that is hot, or was found by the last fetch and is made hot; {@link HotTable#NONE} otherwise. */
    int slotOfStaged(long id) {
        int slot = hot.use(id);
        if (slot != HotTable.NONE) {
            return slot;
        }
        int row = staged.find(id);
        return row == StagedRows.NONE ? HotTable.NONE : install(row);
    }

    /** Makes a row with its initial values, in the slot of what it once was, or else in one of its own. */
    int begin(long id, int slotBefore, long lastUpdateMs) {
        int slot = slotBefore;
        if (slot == HotTable.NONE) {
            slot = claim(id);
        } else {
            hot.beginWrite(slot);
        }
        hot.stamp(slot, 0, lastUpdateMs);
        float[] floats = newRows.of(id);
        hot.put(slot, 0, floats, 0, floats.length);
        hot.endWrite(slot);
        return slot;
    }

    /** Lets as many rows leave as it takes to have room for so many, if the hot table is as large as that. */
    void makeRoom(int rows) {
        int missing = rows - hot.room();
        if (missing <= 0) {
            return;
        }
        if (leaving.length < missing) {
            leaving = new int[Math.max(missing, 2 * leaving.length)];
        }
        int count = hot.victims(leaving, missing);
        writer.write(leaving, count);
        for (int i = 0; i < count; i++) {
            changed.leaves(leaving[i]);
            hot.remove(leaving[i]);
        }
        evictions += count;
    }

    private int install(int row) {
        int slot = claim(staged.id(row));
        hot.stamp(slot, staged.touches(row), staged.lastUpdateMs(row));
        hot.put(slot, 0, staged.floats(), staged.floatAt(row), newRows.floats());
        hot.endWrite(slot);
        return slot;
    }

    /**
     * A slot for a row that is not hot. It counts as unused until its next use, so that rows which come once go before
     * rows which come again.
     */
    private int claim(long id) {
        makeRoom(1);
        return hot.add(id);
    }
}
