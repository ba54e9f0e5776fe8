package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.hot.HotTable;
import io.freshet.store.hot.SlotSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Brings the durable copies of dirty hot rows up to date, in sorted batches.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class RowWriter {
    private static final int MAX_BATCH_BYTES = 1 << 20;

    private final int table;
    private final RowCodec codec;
    private final RowOrder order;
    private final HotTable hot;
    private final DurableRows durable;
    private final SlotSet dirty = new SlotSet();
    private final int batchRows;

    /** Taken when the first row is written. */
    private ByteBuffer values;

    /** Where {@link #writeSome} goes on. */
    private int hand;

    RowWriter(int table, RowCodec codec, RowOrder order, HotTable hot, DurableRows durable) {
        this.table = table;
        this.codec = codec;
        this.order = order;
        this.hot = hot;
        this.durable = durable;
        batchRows = Math.max(1, MAX_BATCH_BYTES / codec.bytes());
    }

    /** Says that the rows of {@code slots[0 .. count)} are newer than their durable copies. */
    void markDirty(int[] slots, int count) {
        dirty.addAll(slots, count);
    }

    /** A row is about to be removed for good: it is not to be written any more. */
    void forget(int slot) {
        dirty.remove(slot);
    }

    /** Rows that are newer than their durable copies. */
    int dirtyRows() {
        return dirty.size();
    }

    long bytes() {
        return dirty.bytes();
    }

    /** Writes at most so many dirty rows, going on where the last call stopped. */
    void writeSome(int maxRows) {
        long[] ids = new long[Math.min(maxRows, dirty.size())];
        for (int n = 0; n < ids.length; hand++) {
            hand = dirty.next(hand);
            if (hand == HotTable.NONE) {
                continue; // The loop counts on from slot 0.
            }
            ids[n++] = hot.id(hand);
        }
        write(ids, ids.length);
    }

    /** Writes those rows among these slots that are dirty. */
    void write(int[] slots, int count) {
        long[] ids = new long[count];
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (dirty.contains(slots[i])) {
                ids[n++] = hot.id(slots[i]);
            }
        }
        write(ids, n);
    }

    private void write(long[] ids, int count) {
        if (count == 0) {
            return;
        }
        if (values == null) {
            values = ByteBuffer.allocateDirect(batchRows * codec.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
        int distinct = order.sortDistinct(ids, count);
        int[] slots = new int[Math.min(distinct, batchRows)];
        for (int from = 0; from < distinct; from += slots.length) {
            int rows = Math.min(distinct - from, slots.length);
            values.clear();
            for (int i = 0; i < rows; i++) {
                slots[i] = hot.find(ids[from + i]);
                codec.put(hot, slots[i], values);
            }
            durable.write(table, ids, from, rows, values.flip());
            // Only now: what could not be written is still to be written.
            for (int i = 0; i < rows; i++) {
                dirty.remove(slots[i]);
            }
        }
    }
}
