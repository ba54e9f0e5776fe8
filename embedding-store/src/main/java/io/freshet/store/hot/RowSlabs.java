package io.freshet.store.hot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private final int slabShift;
    private final int slabMask;

    private ByteBuffer[] slabs = new ByteBuffer[0];
    private FloatBuffer[] slabFloats = new FloatBuffer[0];

    RowSlabs(int floatsPerRow, int maxRows) {
        rowBytes = rowBytes(floatsPerRow);
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
        ByteBuffer slab = ByteBuffer.allocateDirect(rowBytes << slabShift).order(ByteOrder.nativeOrder());
        FloatBuffer[] floats = Arrays.copyOf(slabFloats, slabFloats.length + 1);
        floats[slabs.length] = slab.asFloatBuffer();
        ByteBuffer[] bytes = Arrays.copyOf(slabs, floats.length);
        bytes[slabs.length] = slab;
        // Readers see these arrays once they see an index entry of the new slab, which is released later.
        slabFloats = floats;
        slabs = bytes;
    }

    long bytes() {
        return (long) slabs.length * (rowBytes << slabShift);
    }

    /** The slab that holds a slot, in native order; the row begins at {@link #byteAt}. */
    ByteBuffer bytesOf(int slot) {
        return slabs[slot >> slabShift];
    }

    long id(int slot) {
        return bytesOf(slot).getLong(byteAt(slot));
    }

    int byteAt(int slot) {
        return (slot & slabMask) * rowBytes;
    }

    /** The same slab as floats; the row's floats begin at {@link #floatAt}. */
    FloatBuffer floatsOf(int slot) {
        return slabFloats[slot >> slabShift];
    }

    int floatAt(int slot) {
        return byteAt(slot) + FLOATS_AT >> 2;
    }
}
