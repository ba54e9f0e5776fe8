package io.freshet.store.table;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Rows of one table in memory outside the heap, found by id, at most so many of them.
 *
 * <p>A row keeps its slot as long as it is here: header, weights, optimizer state, side by side, little-endian, in slabs
 * of about a megabyte that are allocated as rows come, so that a table may grow past 2 GiB. An index with open
 * addressing and linear probing, at most half full, leads from id to slot. A slot carries three flags; which rows are
 * dirty or changed is for the user to say. When the table is full, {@link #victim} names the row to replace by the CLOCK
 * rule: the first one, going round, that has not been touched since the hand last passed.
 *
 * <p>Threads: no synchronisation at all. One thread, the owner's, may call this; others ask that thread. The slabs are
 * given back when the garbage collector finds the table unreachable.
 */
final class HotTable {
    /** No such slot. */
    static final int NONE = -1;

    /** Newer than the durable tier. */
    static final byte DIRTY = 1;

    /** Differs from what was last published. */
    static final byte CHANGED = 2;

    private static final byte REFERENCED = 4;

    /** An index of twice as many places is the longest array of a power of two. */
    private static final int MAX_ROWS = 1 << 29;

    private static final int SLAB_BYTES = 1 << 20;
    private static final int INITIAL_SLOTS = 256;

    private final RowLayout layout;
    private final int maxRows;
    private final int rowFloats;
    private final int slabShift;
    private final int slabMask;

    private ByteBuffer[] slabs = new ByteBuffer[0];
    private FloatBuffer[] slabFloats = new FloatBuffer[0];

    /** Slot + 1 per place, 0 where the place is free. */
    private int[] index;

    /** Per slot. */
    private long[] ids;

    /** Per slot. */
    private byte[] flags;

    private int rows;
    private int hand;

    HotTable(RowLayout layout, int maxRows) {
        if (maxRows < 1 || maxRows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "The hot rows of a table are limited to between 1 and %d, not to %d.".formatted(MAX_ROWS, maxRows));
        }
        this.layout = layout;
        this.maxRows = maxRows;
        rowFloats = layout.hotBytes() / Float.BYTES;
        int rowsPerSlab = Math.max(1, Math.min(SLAB_BYTES / layout.hotBytes(), maxRows));
        slabShift = 31 - Integer.numberOfLeadingZeros(rowsPerSlab);
        slabMask = (1 << slabShift) - 1;
        int slots = Math.min(INITIAL_SLOTS, maxRows);
        ids = new long[slots];
        flags = new byte[slots];
        index = new int[2 * Integer.highestOneBit(2 * slots - 1)];
    }

    int rows() {
        return rows;
    }

    boolean isFull() {
        return rows == maxRows;
    }

    /** Memory outside the heap, in bytes. */
    long bytes() {
        return (long) slabs.length * (layout.hotBytes() << slabShift);
    }

    /** The slot of a row, or {@link #NONE}. */
    int find(long id) {
        int mask = index.length - 1;
        int place = home(id, mask);
        while (true) {
            int slot = index[place] - 1;
            if (slot == NONE || ids[slot] == id) {
                return slot;
            }
            place = place + 1 & mask;
        }
    }

    /** A slot for a row that is not here, while the table is not full; its memory holds anything, its flags are off. */
    int add(long id) {
        int slot = rows;
        if (slot == ids.length) {
            int slots = (int) Math.min(2L * slot, maxRows);
            ids = Arrays.copyOf(ids, slots);
            flags = Arrays.copyOf(flags, slots);
        }
        if (slot >> slabShift == slabs.length) {
            addSlab();
        }
        if (2 * (slot + 1) > index.length) {
            widenIndex();
        }
        rows++;
        occupy(slot, id);
        return slot;
    }

    /** The slot whose row has to go next. The table must hold rows. */
    int victim() {
        while (true) {
            int slot = hand;
            hand = hand + 1 == rows ? 0 : hand + 1;
            if ((flags[slot] & REFERENCED) == 0) {
                return slot;
            }
            flags[slot] &= ~REFERENCED;
        }
    }

    /** Gives the slot of one row to another one, which is not here; the memory stays, the flags are off. */
    void replace(int slot, long id) {
        vacate(slot);
        occupy(slot, id);
    }

    long id(int slot) {
        return ids[slot];
    }

    /** Tells the CLOCK rule that the row is in use. */
    void touch(int slot) {
        flags[slot] |= REFERENCED;
    }

    boolean is(int slot, byte flag) {
        return (flags[slot] & flag) != 0;
    }

    void set(int slot, byte flag) {
        flags[slot] |= flag;
    }

    void clear(int slot, byte flag) {
        flags[slot] &= ~flag;
    }

    /** The slab that holds a slot, as bytes; the row begins at {@link #byteAt}. */
    ByteBuffer bytesOf(int slot) {
        return slabs[slot >> slabShift];
    }

    int byteAt(int slot) {
        return floatAt(slot) * Float.BYTES;
    }

    /** The same slab as floats; the row begins at {@link #floatAt}. */
    FloatBuffer floatsOf(int slot) {
        return slabFloats[slot >> slabShift];
    }

    int floatAt(int slot) {
        return (slot & slabMask) * rowFloats;
    }

    private static int home(long id, int mask) {
        return (int) Mix64.mix(id) & mask;
    }

    private void occupy(int slot, long id) {
        ids[slot] = id;
        flags[slot] = 0;
        point(index, id, slot);
    }

    private static void point(int[] index, long id, int slot) {
        int mask = index.length - 1;
        int place = home(id, mask);
        while (index[place] != 0) {
            place = place + 1 & mask;
        }
        index[place] = slot + 1;
    }

    /** Takes a slot out of the index and closes the gap, so that no probe ends early. */
    private void vacate(int slot) {
        int mask = index.length - 1;
        int gap = home(ids[slot], mask);
        while (index[gap] != slot + 1) {
            gap = gap + 1 & mask;
        }
        for (int place = gap + 1 & mask; index[place] != 0; place = place + 1 & mask) {
            int home = home(ids[index[place] - 1], mask);
            // The entry may move back to the gap unless that is before its home.
            if ((place - home & mask) >= (place - gap & mask)) {
                index[gap] = index[place];
                gap = place;
            }
        }
        index[gap] = 0;
    }

    private void widenIndex() {
        int[] wider = new int[2 * index.length];
        for (int slot = 0; slot < rows; slot++) {
            point(wider, ids[slot], slot);
        }
        index = wider;
    }

    private void addSlab() {
        ByteBuffer slab =
                ByteBuffer.allocateDirect(layout.hotBytes() << slabShift).order(ByteOrder.LITTLE_ENDIAN);
        slabs = Arrays.copyOf(slabs, slabs.length + 1);
        slabFloats = Arrays.copyOf(slabFloats, slabs.length);
        slabs[slabs.length - 1] = slab;
        slabFloats[slabs.length - 1] = slab.asFloatBuffer();
    }
}
