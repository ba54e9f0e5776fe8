package io.freshet.store.hot;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The memory of the rows of a {@link HotTable}: slabs outside the heap, allocated as rows come, so that a table may grow
 * past 2 GiB. A row lies whole in one slab, on a multiple of 8 bytes:
 *
 * <pre>
 *   i64     id
 *   u32     sequence: odd while the row is being written, or belongs to nobody
 *   u32     touches
 *   i64     last update
 *   f32[n]  floats
 * </pre>
 *
 * <p>Threads: one writer; readers follow a slot that they got from the index, see {@link HotIndex}.
 */
final class RowSlabs {
    static final int SEQUENCE_AT = Long.BYTES;
    static final int TOUCHES_AT = SEQUENCE_AT + Integer.BYTES;
    static final int LAST_UPDATE_AT = TOUCHES_AT + Integer.BYTES;
    static final int FLOATS_AT = LAST_UPDATE_AT + Long.BYTES;

    private static final int MIN_SLAB_BYTES = 1 << 20;
    private static final int MAX_SLAB_BYTES = 1 << 26;

    /** A table that fills its memory has about this many slabs, unless that makes them too small or too large. */
    private static final int SLABS = 64;

    private final int rowBytes;
    private final int maxRows;
    private final int slabShift;
    private final int slabMask;

    /** Keep the memory from the garbage collector. */
    private FloatBuffer[] slabs = new FloatBuffer[0];

    /** Where each slab begins. */
    private long[] addresses = new long[0];

    private long bytes;

    RowSlabs(int floatsPerRow, int maxRows) {
        rowBytes = rowBytes(floatsPerRow);
        this.maxRows = maxRows;
        long slabBytes = Math.max(MIN_SLAB_BYTES, Math.min((long) maxRows * rowBytes / SLABS, MAX_SLAB_BYTES));
        int rowsPerSlab = (int) Math.max(1, Math.min(slabBytes / rowBytes, maxRows));
        slabShift = 31 - Integer.numberOfLeadingZeros(rowsPerSlab);
        slabMask = (1 << slabShift) - 1;
    }

    /** Memory of one row, a multiple of 8. */
    static int rowBytes(int floatsPerRow) {
        return Math.addExact(FLOATS_AT, Math.multiplyExact(floatsPerRow + 1 & ~1, Float.BYTES));
    }

    /** Makes room for the rows of slots up to this one. */
    void reach(int slot) {
        if (slot >> slabShift < slabs.length) {
            return;
        }
        // The last slab is only as long as it has to be.
        int slabRows = Math.min(1 << slabShift, maxRows - (slabs.length << slabShift));
        ByteBuffer slab = RawMemory.allocate(rowBytes * slabRows);
        bytes += slab.capacity();
        FloatBuffer[] moreSlabs = Arrays.copyOf(slabs, slabs.length + 1);
        moreSlabs[slabs.length] = slab.asFloatBuffer();
        long[] moreAddresses = Arrays.copyOf(addresses, moreSlabs.length);
        moreAddresses[slabs.length] = RawMemory.address(slab);
        // Readers see these arrays once they see an index entry of the new slab, which is released later.
        slabs = moreSlabs;
        addresses = moreAddresses;
    }

    long bytes() {
        return bytes;
    }

    /** Where the row of a slot begins; good as long as this object is reachable. */
    long address(int slot) {
        return addresses[slot >> slabShift] + (long) (slot & slabMask) * rowBytes;
    }

    /** The slab that holds a slot; the row's floats begin at {@link #floatAt}. */
    FloatBuffer floatsOf(int slot) {
        return slabs[slot >> slabShift];
    }

    int floatAt(int slot) {
        return (slot & slabMask) * rowBytes + FLOATS_AT >> 2;
    }

    /** Makes the sequence of the row at an address odd. */
    static void beginWrite(long row) {
        RawMemory.putInt(row + SEQUENCE_AT, RawMemory.getInt(row + SEQUENCE_AT) + 1);
        VarHandle.storeStoreFence();
    }

    /** Makes it even again; whoever sees that, sees what was written before. */
    static void endWrite(long row) {
        RawMemory.putIntRelease(row + SEQUENCE_AT, RawMemory.getInt(row + SEQUENCE_AT) + 1);
    }

    static void stamp(long row, int touches, long lastUpdate) {
        RawMemory.putInt(row + TOUCHES_AT, touches);
        RawMemory.putLong(row + LAST_UPDATE_AT, lastUpdate);
    }

    long id(int slot) {
        return RawMemory.getLong(address(slot));
    }
}
