package io.freshet.store.hot;

import io.freshet.store.hash.Mix64;
import java.lang.invoke.VarHandle;
import java.nio.FloatBuffer;

/**
 * Reads one row while another thread writes the table: a sequence lock.
 *
 * <p>The copy counts if the row's sequence was even and the same before and after; its id and last update are looked at
 * in between, as a slot may have passed to another row since the index named it.
 */
record RowReader(RowSlabs slabs, long id, long updatedSince) {

    /** Far more than the writes of a row that fall together with one read; a row that is free stays odd. */
    private static final int ATTEMPTS = 100;

    private enum Outcome {
        COPIED,
        NOT_HERE,
        ANOTHER_ROW,
        DISTURBED
    }

    /** As {@link HotTable#read}. */
    boolean read(HotIndex index, int width, FloatBuffer out, int at) {
        long hash = Mix64.mix(id);
        int place = index.home(hash);
        // Entries move while this goes on, so that the free place at the end of a chain might be missed for ever.
        for (int seen = 0; seen < index.places(); seen++, place = index.after(place)) {
            long entry = index.acquire(place);
            if (entry == 0) {
                return false;
            }
            if (HotIndex.isOf(entry, hash)) {
                Outcome outcome = copy(HotIndex.slot(entry), width, out, at);
                if (outcome != Outcome.ANOTHER_ROW) {
                    return outcome == Outcome.COPIED;
                }
            }
        }
        return false;
    }

    private Outcome copy(int slot, int width, FloatBuffer out, int at) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Outcome outcome = tryCopy(slot, width, out, at);
            if (outcome != Outcome.DISTURBED) {
                return outcome;
            }
            Thread.onSpinWait();
        }
        return Outcome.NOT_HERE;
    }

    private Outcome tryCopy(int slot, int width, FloatBuffer out, int at) {
        long row = slabs.address(slot);
        int sequence = RawMemory.getIntAcquire(row + RowSlabs.SEQUENCE_AT);
        if ((sequence & 1) != 0) {
            return Outcome.DISTURBED;
        }
        boolean sameRow = RawMemory.getLong(row) == id;
        boolean recent = RawMemory.getLong(row + RowSlabs.LAST_UPDATE_AT) >= updatedSince;
        if (sameRow && recent) {
            out.put(at, slabs.floatsOf(slot), slabs.floatAt(slot), width);
        }
        // What was read above is read before the sequence is read again.
        VarHandle.acquireFence();
        if (RawMemory.getInt(row + RowSlabs.SEQUENCE_AT) != sequence) {
            return Outcome.DISTURBED;
        }
        if (!sameRow) {
            return Outcome.ANOTHER_ROW;
        }
        return recent ? Outcome.COPIED : Outcome.NOT_HERE;
    }
}
