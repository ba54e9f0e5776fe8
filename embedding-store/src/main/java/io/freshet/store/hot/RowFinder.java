package io.freshet.store.hot;

import io.freshet.store.hash.Mix64;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Finds rows of a {@link HotTable} in blocks, many times faster than one by one, and copies their first floats.
 *
 * <p>A block is worked through in loops that each do one thing for all rows: work out homes, read their entries, follow
 * chains by hashes alone, read rows. A processor goes on some hundred instructions past a read that it waits for; the
 * fewer there are from one read to the next, the more reads are under way at once, and a branch that depends on what is
 * being read would stop it (docs/decisions/0020).
 *
 * <p>Threads: the owner of the table.
 */
public final class RowFinder {
    /** The longest block: its entries and rows fit the nearest caches. */
    public static final int BLOCK_ROWS = 256;

    /** Of a wide row no more is read ahead: the first would be gone from the caches before they are used. */
    private static final int MAX_BYTES_AHEAD = 1 << 10;

    private static final int CACHE_LINE_BYTES = 64;

    private final HotTable table;
    private final RowSlabs rows;
    private final int floatBytes;

    /** The last long of a row that is read ahead. */
    private final int lastAhead;

    private final long[] hashes = new long[BLOCK_ROWS];

    /** Where the index keeps the entry of a row, if it is at home. */
    private final long[] homes = new long[BLOCK_ROWS];

    /** What is there. */
    private final long[] entries = new long[BLOCK_ROWS];

    /** Where rows begin; of those that are not here, some other row. */
    private final long[] addresses = new long[BLOCK_ROWS];

    /** Rows of the block whose half of a hash led to another row. */
    private final int[] mistaken = new int[BLOCK_ROWS];

    /** The last block: which rows were found. */
    private int[] slots = new int[0];

    private int slotsAt;
    private int count;

    /** Means nothing; kept so that reading ahead is not taken for useless. */
    private long readAhead;

    RowFinder(HotTable table, RowSlabs rows, int floats) {
        this.table = table;
        this.rows = rows;
        floatBytes = floats * Float.BYTES;
        int bytes = floats == 0 ? Long.BYTES : RowSlabs.rowBytes(floats);
        lastAhead = Math.min(bytes, MAX_BYTES_AHEAD) - Long.BYTES;
    }

    /**
     * Finds at most {@link #BLOCK_ROWS} rows; the rule of replacement is told that they are in use.
     *
     * @param ids rows {@code ids[from .. from + count)}
     * @param slots gets the slot of each, or {@link HotTable#NONE}, from {@code to} on
     */
    public void use(long[] ids, int from, int count, int[] slots, int to) {
        this.slots = slots;
        slotsAt = to;
        this.count = count;
        if (table.rows() == 0) {
            Arrays.fill(slots, to, to + count, HotTable.NONE);
            return;
        }
        HotIndex index = table.index();
        findHomes(index, ids, from);
        for (int i = 0; i < count; i++) {
            entries[i] = RawMemory.getLong(homes[i]);
        }
        followChains(index);
        int others = compareIds(ids, from);
        for (int n = 0; n < others; n++) {
            int i = mistaken[n];
            if (slots[to + i] != HotTable.NONE) {
                slots[to + i] = index.use(ids[from + i]);
                addresses[i] = rows.address(Math.max(0, slots[to + i]));
            }
        }
        Reference.reachabilityFence(index);
    }

    /**
     * Copies the floats of the rows of the last block, which must not have left since.
     *
     * @param out gets them side by side from {@code at} on, with gaps for rows that are not here; its position stays.
     *     Direct and in native order it is fastest
     */
    public void copy(FloatBuffer out, int at) {
        int floats = floatBytes / Float.BYTES;
        Objects.checkFromIndexSize(at, count * floats, out.limit());
        if (RawMemory.hasAddress(out)) {
            copy(RawMemory.address(out) + (long) at * Float.BYTES);
            Reference.reachabilityFence(out);
            return;
        }
        for (int i = 0; i < count; i++) {
            int slot = slots[slotsAt + i];
            if (slot != HotTable.NONE) {
                out.put(at + i * floats, rows.floatsOf(slot), rows.floatAt(slot), floats);
            }
        }
    }

    private void copy(long to) {
        for (int i = 0; i < count; i++, to += floatBytes) {
            if (slots[slotsAt + i] != HotTable.NONE) {
                RawMemory.copy(addresses[i] + RowSlabs.FLOATS_AT, to, floatBytes);
            }
        }
        Reference.reachabilityFence(rows);
    }

    private void findHomes(HotIndex index, long[] ids, int from) {
        long start = index.address(0);
        long places = index.places();
        for (int i = 0; i < count; i++) {
            long hash = Mix64.mix(ids[from + i]);
            hashes[i] = hash;
            homes[i] = start + ((hash >>> 32) * places >>> 32) * Long.BYTES;
        }
    }

    /** Notes slots and where rows begin. */
    private void followChains(HotIndex index) {
        for (int i = 0; i < count; i++) {
            int slot = useFirstOf(index, i);
            slots[slotsAt + i] = slot;
            addresses[i] = rows.address(Math.max(0, slot));
        }
    }

    /**
     * The slot of the first entry with a row's half of a hash. Most are at home or one place behind it; as nobody could
     * foresee which, no branch decides.
     */
    private int useFirstOf(HotIndex index, int i) {
        long hash = hashes[i];
        long differences = (entries[i] ^ hash) >>> 32;
        long place = homes[i] + (-differences >>> 63) * Long.BYTES;
        long entry = RawMemory.getLong(place);
        if (HotIndex.isOf(entry, hash) && entry != 0 && entries[i] != 0) {
            return index.use(place, entry);
        }
        return entries[i] == 0 ? HotTable.NONE : index.useFirstOf(hash);
    }

    /** Reads the rows, the first six lines of each without a loop; returns how many are not the right ones. */
    private int compareIds(long[] ids, int from) {
        int others = 0;
        long sum = 0;
        int second = line(1);
        int third = line(2);
        int fourth = line(3);
        int fifth = line(4);
        for (int i = 0; i < count; i++) {
            long row = addresses[i];
            if (RawMemory.getLong(row) != ids[from + i]) {
                mistaken[others++] = i;
            }
            sum += RawMemory.getLong(row + second) + RawMemory.getLong(row + third) + RawMemory.getLong(row + fourth);
            sum += RawMemory.getLong(row + fifth) + RawMemory.getLong(row + lastAhead);
            for (int at = 5 * CACHE_LINE_BYTES; at < lastAhead; at += CACHE_LINE_BYTES) {
                sum += RawMemory.getLong(row + at);
            }
        }
        readAhead = sum;
        return others;
    }

    private int line(int number) {
        return Math.min(number * CACHE_LINE_BYTES, lastAhead);
    }
}
