package io.freshet.store.hot;

import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Some rows of a {@link HotTable} that are read and written together: where they are is worked out once.
 *
 * <p>Threads: the owner of the table.
 */
public final class SlotBlock {
    private final RowSlabs rows;
    private final int floatsPerRow;
    private final long[] addresses;
    private int count;

    SlotBlock(RowSlabs rows, int floatsPerRow, int capacity) {
        this.rows = rows;
        this.floatsPerRow = floatsPerRow;
        addresses = new long[capacity];
    }

    /** Goes over to other rows, {@code slots[from .. from + count)}. */
    public void select(int[] slots, int from, int count) {
        this.count = count;
        for (int i = 0; i < count; i++) {
            addresses[i] = rows.address(slots[from + i]);
        }
    }

    /** Copies floats of each row, from the {@code first} one on, side by side into an array. */
    public void get(int first, int floats, float[] to) {
        Objects.checkFromIndexSize(first, floats, floatsPerRow);
        Objects.checkFromIndexSize(0, count * floats, to.length);
        for (int i = 0; i < count; i++) {
            RawMemory.get(floatAddress(i, first), to, i * floats, floats);
        }
        Reference.reachabilityFence(rows);
    }

    /** Copies floats of row {@code i} from where {@link #get} put them into the row; between begin and end of a write. */
    public void put(int i, int first, int floats, float[] from) {
        Objects.checkFromIndexSize(first, floats, floatsPerRow);
        Objects.checkFromIndexSize(i * floats, floats, from.length);
        RawMemory.put(from, i * floats, floatAddress(i, first), floats);
        Reference.reachabilityFence(rows);
    }

    /** As {@link HotTable#id}. */
    public long id(int i) {
        return RawMemory.getLong(addresses[i]);
    }

    /** As {@link HotTable#touches}. */
    public int touches(int i) {
        return RawMemory.getInt(addresses[i] + RowSlabs.TOUCHES_AT);
    }

    /** As {@link HotTable#lastUpdate}. */
    public long lastUpdate(int i) {
        return RawMemory.getLong(addresses[i] + RowSlabs.LAST_UPDATE_AT);
    }

    /** As {@link HotTable#beginWrite}. */
    public void beginWrite(int i) {
        RowSlabs.beginWrite(addresses[i]);
    }

    /** As {@link HotTable#stamp}. */
    public void stamp(int i, int touches, long lastUpdate) {
        RowSlabs.stamp(addresses[i], touches, lastUpdate);
    }

    /** As {@link HotTable#endWrite}. */
    public void endWrite(int i) {
        RowSlabs.endWrite(addresses[i]);
    }

    private long floatAddress(int i, int first) {
        return addresses[i] + RowSlabs.FLOATS_AT + (long) first * Float.BYTES;
    }
}
