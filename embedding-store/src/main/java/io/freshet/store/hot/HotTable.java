package io.freshet.store.hot;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Rows of one table in memory outside the heap, found by id, at most so many of them.
 *
 * <p>A row keeps its slot as long as it is here: header and floats side by side in slabs ({@code RowSlabs}), found
 * through an index ({@code HotIndex}). What the floats mean, and which rows have to be kept elsewhere before they leave,
 * is for the user to say. When the table is full, {@link #victims} names rows to remove.
 *
 * <p>Threads: one writer, the owner, who calls everything. Any other thread may call {@link #read} meanwhile, and gets a
 * row as it was between two writes or is told that it is not here, never a part of one and a part of another. For this
 * every write of a row lies between {@link #beginWrite} and {@link #endWrite}, which keep a sequence number in it that
 * is odd meanwhile. Memory is given back when the garbage collector finds the table unreachable.
 */
public final class HotTable {
    /** No such slot. */
    public static final int NONE = HotIndex.NONE;

    /** The index of so many rows is as long as a buffer may be. */
    public static final int MAX_ROWS = 1 << 27;

    private static final int INITIAL_PLACES = 1 << 10;

    /** Of 10 places so many hold a row at most. */
    private static final int FULL_PLACES_OF_10 = 6;

    private final int floatsPerRow;
    private final int maxRows;
    private final int maxPlaces;
    private final RowSlabs slabs;
    private final Replacement replacement;

    /** Replaced by the owner when it has become too short. */
    private volatile HotIndex index;

    private int rows;
    private long removals;

    /** Slots from this one on have never been used. */
    private int freshSlot;

    /** Head of the list of slots that were given back, linked through their touches. */
    private int freeSlot = NONE;

    /**
     * Starts empty; memory is taken as rows come.
     *
     * @param floatsPerRow at least 1
     * @param maxRows from 1 to {@link #MAX_ROWS}
     */
    public HotTable(int floatsPerRow, int maxRows) {
        if (maxRows < 1 || maxRows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "The hot rows of a table are limited to between 1 and %d, not to %d.".formatted(MAX_ROWS, maxRows));
        }
        this.floatsPerRow = floatsPerRow;
        this.maxRows = maxRows;
        maxPlaces = placesFor(maxRows);
        slabs = new RowSlabs(floatsPerRow, maxRows);
        replacement = new Replacement(slabs, maxRows);
        index = new HotIndex(Math.min(INITIAL_PLACES, maxPlaces), slabs);
    }

    /**
     * How many rows fit into so much memory, index included, at least 1 and at most {@link #MAX_ROWS}.
     *
     * @param bytes memory
     * @param floatsPerRow floats of each row
     */
    public static int rowsWithin(long bytes, int floatsPerRow) {
        // While the index is replaced, and until the garbage collector has been, there is one of half the length as
        // well.
        double indexBytes = 1.5 * Long.BYTES * 10 / FULL_PLACES_OF_10;
        double rowBytes = RowSlabs.rowBytes(floatsPerRow) + indexBytes + Replacement.BYTES_PER_ROW;
        return (int) Math.max(1, Math.min(bytes / rowBytes, MAX_ROWS));
    }

    /** Rows in the table. */
    public int rows() {
        return rows;
    }

    /** So many rows may be added before one has to be removed. */
    public int room() {
        return maxRows - rows;
    }

    /** Slots in use are below this one; for going through them. Some below may be free. */
    public int slots() {
        return freshSlot;
    }

    /** Memory outside the heap, in bytes. */
    public long bytes() {
        return slabs.bytes() + index.bytes() + replacement.bytes();
    }

    /** The slot of a row, or {@link #NONE}; does not count as a use. */
    public int find(long id) {
        return index.find(id);
    }

    /** The slot of a row, or {@link #NONE}; tells the rule of replacement that the row is in use. */
    public int use(long id) {
        return index.use(id);
    }

    /** For batches of rows of which so many floats are to be copied, possibly 0. */
    public RowFinder finder(int floats) {
        Objects.checkIndex(floats, floatsPerRow + 1);
        return new RowFinder(this, slabs, floats);
    }

    /** For rows, at most so many at a time, that are read and written together. */
    public SlotBlock block(int rows) {
        return new SlotBlock(slabs, floatsPerRow, rows);
    }

    /**
     * A slot for a row that is not here, while the table is not full. Its touches and last update are 0, its floats may
     * be anything; the caller fills them and then calls {@link #endWrite}.
     */
    public int add(long id) {
        if (room() == 0) {
            throw new IllegalStateException("The hot table holds its %d rows already.".formatted(maxRows));
        }
        int slot = takeSlot();
        RawMemory.putLong(slabs.address(slot), id);
        stamp(slot, 0, 0);
        rows++;
        if ((long) rows * 10 > (long) index.places() * FULL_PLACES_OF_10) {
            index = index.widened((int) Math.min(2L * index.places(), maxPlaces));
        }
        replacement.add(index, id, slot);
        return slot;
    }

    /** Removes a row; its slot is free for another one. */
    public void remove(int slot) {
        index.remove(slabs.id(slot));
        beginWrite(slot);
        RawMemory.putInt(slabs.address(slot) + RowSlabs.TOUCHES_AT, freeSlot);
        freeSlot = slot;
        rows--;
        removals++;
    }

    /**
     * Slots of the rows that have to go next: of those that have not been used for a while.
     *
     * @param slots gets at most {@code count} different ones, from 0 on
     * @return how many: fewer than {@code count} only when there are no more rows
     */
    public int victims(int[] slots, int count) {
        return replacement.victims(index, slots, count);
    }

    /** Whether a slot below {@link #slots} holds a row. */
    public boolean isInUse(int slot) {
        return (RawMemory.getInt(slabs.address(slot) + RowSlabs.SEQUENCE_AT) & 1) == 0;
    }

    /** Rows removed so far: as long as this stays the same, every slot still holds the row that it was found for. */
    public long removals() {
        return removals;
    }

    /** Whether this row is in this slot: it may have left since the slot was found. */
    public boolean holds(int slot, long id) {
        return slabs.id(slot) == id && isInUse(slot);
    }

    /** The id of the row of a slot in use. */
    public long id(int slot) {
        return slabs.id(slot);
    }

    /** How often the row was touched, as {@link #stamp} was told. */
    public int touches(int slot) {
        return RawMemory.getInt(slabs.address(slot) + RowSlabs.TOUCHES_AT);
    }

    /** When the row was last updated, as {@link #stamp} was told. */
    public long lastUpdate(int slot) {
        return RawMemory.getLong(slabs.address(slot) + RowSlabs.LAST_UPDATE_AT);
    }

    /** Sets the header of a row that is being written. */
    public void stamp(int slot, int touches, long lastUpdate) {
        RowSlabs.stamp(slabs.address(slot), touches, lastUpdate);
    }

    /** Copies floats of a row, from the {@code first} one on, into an array. */
    public void get(int slot, int first, float[] to, int at, int count) {
        Objects.checkFromIndexSize(at, count, to.length);
        Objects.checkFromIndexSize(first, count, floatsPerRow);
        RawMemory.get(floatAddress(slot, first), to, at, count);
    }

    /** Copies floats from an array into a row, from the {@code first} one on. */
    public void put(int slot, int first, float[] from, int at, int count) {
        Objects.checkFromIndexSize(at, count, from.length);
        Objects.checkFromIndexSize(first, count, floatsPerRow);
        RawMemory.put(from, at, floatAddress(slot, first), count);
    }

    /** Memory that holds the row of a slot, among others; its floats begin at {@link #floatAt}. */
    public FloatBuffer floatsOf(int slot) {
        return slabs.floatsOf(slot);
    }

    /** Where the floats of a row begin in {@link #floatsOf}. */
    public int floatAt(int slot) {
        return slabs.floatAt(slot);
    }

    /** Readers wait from now on. Not for a row just added, which they do not see yet. */
    public void beginWrite(int slot) {
        RowSlabs.beginWrite(slabs.address(slot));
    }

    /** Shows readers what has been written since {@link #beginWrite} or {@link #add}. */
    public void endWrite(int slot) {
        RowSlabs.endWrite(slabs.address(slot));
    }

    /**
     * Copies the first floats of a row. For any thread; does not count as a use.
     *
     * @param updatedSince a row whose last update is before this is not here
     * @param width how many floats
     * @param out gets them from {@code at} on; its position stays
     * @return whether the row is here; also false when it keeps being written
     */
    public boolean read(long id, long updatedSince, int width, FloatBuffer out, int at) {
        boolean here = new RowReader(slabs, id, updatedSince).read(index, width, out, at);
        Reference.reachabilityFence(this);
        return here;
    }

    HotIndex index() {
        return index;
    }

    private long floatAddress(int slot, int first) {
        return slabs.address(slot) + RowSlabs.FLOATS_AT + (long) first * Float.BYTES;
    }

    private int takeSlot() {
        int slot = freeSlot;
        if (slot != NONE) {
            freeSlot = touches(slot);
            return slot;
        }
        slot = freshSlot++;
        slabs.reach(slot);
        beginWrite(slot);
        return slot;
    }

    private static int placesFor(int rows) {
        return (int) Math.min((long) rows * 10 / FULL_PLACES_OF_10 + 2, HotIndex.MAX_PLACES);
    }
}
