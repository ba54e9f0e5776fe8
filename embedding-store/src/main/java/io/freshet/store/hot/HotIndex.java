package io.freshet.store.hot;

import io.freshet.store.hash.Mix64;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Leads from ids to slots: open addressing with linear probing over 8-byte entries outside the heap.
 *
 * <pre>
 *   bits 32-63  the upper half of the id's hash
 *   bits 4-31   slot + 1; the whole entry is 0 where the place is free
 *   bit 3       whether the row is being made to go, and the hand of {@link #passHand} has to pass
 *   bit 2       whether the row is on probation, see {@link Replacement}
 *   bits 0-1    uses, up to 3, less one for each time that the hand passed
 * </pre>
 *
 * <p>An entry's home is its half of a hash scaled to the number of places, which may be any number, so that a full table
 * has no place too many. As the home follows from the entry, a longer index is filled in one pass from front to back
 * without a look at the rows. Whether a row with the same half of a hash is the right one, the row tells.
 *
 * <p>Threads: one writer. Others may follow a chain of entries by {@link #home}, {@link #acquire} and {@link #after};
 * while entries move they may miss one that is there.
 */
final class HotIndex {
    static final int NONE = -1;

    /** The longest buffer holds fewer than 2^31 bytes. */
    static final int MAX_PLACES = Integer.MAX_VALUE / Long.BYTES - 1;

    private static final double GOLDEN_SHARE = 0.6180339887498949;

    private static final long USES = 3;
    private static final long PROBATION = 4;
    private static final long CHOSEN = 8;
    private static final int SLOT_SHIFT = 4;
    private static final long HASH = ~0L << 32;

    /** Keeps the memory from the garbage collector. */
    private final ByteBuffer memory;

    private final long entries;
    private final int places;
    private final RowSlabs rows;

    /** From one place under the hand to the next one. */
    private final int stride;

    private int hand;

    HotIndex(int places, RowSlabs rows) {
        this.places = places;
        stride = strideFor(places);
        this.rows = rows;
        memory = RawMemory.allocate(Math.multiplyExact(places + 1, Long.BYTES));
        entries = RawMemory.address(memory);
    }

    /** A longer index with the same entries. The hand starts over. */
    HotIndex widened(int morePlaces) {
        HotIndex wider = new HotIndex(morePlaces, rows);
        for (int place = 0; place < places; place++) {
            long entry = entry(place);
            if (entry != 0) {
                wider.put(entry);
            }
        }
        return wider;
    }

    int places() {
        return places;
    }

    long bytes() {
        return memory.capacity();
    }

    /** The slot of a row, or {@link #NONE}. */
    int find(long id) {
        int place = placeOf(id);
        return place == NONE ? NONE : slot(entry(place));
    }

    /** As {@link #find}, and the row counts as used. */
    int use(long id) {
        int place = placeOf(id);
        return place == NONE ? NONE : use(address(place), entry(place));
    }

    /** The slot of the first entry with this half of a hash, whichever row that is, or {@link #NONE}; it counts as used. */
    int useFirstOf(long hash) {
        int place = home(hash);
        for (long entry = entry(place); entry != 0; place = after(place), entry = entry(place)) {
            if (isOf(entry, hash)) {
                return use(address(place), entry);
            }
        }
        return NONE;
    }

    /** The slot of an entry, which counts as used. */
    int use(long address, long entry) {
        if ((entry & USES) != USES) {
            RawMemory.putLong(address, entry + 1);
        }
        return slot(entry);
    }

    /** Where an entry is; one place behind the last there is a free one. */
    long address(int place) {
        return entries + (long) place * Long.BYTES;
    }

    /** Adds a row that is not here. It counts as unused until its next use. */
    void add(long id, int slot, boolean onProbation) {
        put(Mix64.mix(id) & HASH | (long) (slot + 1) << SLOT_SHIFT | (onProbation ? PROBATION : 0));
    }

    /** Whether the entry of a place is the one of a slot, and its row on probation. */
    boolean isOnProbation(int place, int slot) {
        long entry = entry(place);
        return (entry & PROBATION) != 0 && slot(entry) == slot;
    }

    int uses(int place) {
        return (int) (entry(place) & USES);
    }

    /** Takes a row off probation, and has {@link #passHand} pass it; it has no uses. */
    void choose(int place) {
        set(place, entry(place) & ~(PROBATION | USES) | CHOSEN);
    }

    /** Puts a row among those that {@link #passHand} chooses from, without uses. */
    void release(int place) {
        set(place, entry(place) & ~(PROBATION | USES | CHOSEN));
    }

    /** Takes a row out, and closes the gap so that no chain ends early. */
    void remove(long id) {
        int gap = placeOf(id);
        int place = after(gap);
        for (long entry = entry(place); entry != 0; place = after(place), entry = entry(place)) {
            // The entry may move back to the gap unless that is before its home.
            if (distance(home(entry), place) >= distance(gap, place)) {
                set(gap, entry);
                gap = place;
            }
        }
        set(gap, 0);
    }

    /**
     * Chooses rows that have to go, by the CLOCK rule with counts: going round, takes a use from every row that is not on
     * probation or chosen, and chooses those that have none left.
     *
     * <p>The hand goes in strides that come to every place once a round. Were it to go from place to place, rows would
     * leave region by region while new ones come everywhere: before the hand there would be up to twice the mean, more
     * than there are places, and chains through all of them.
     *
     * @param slots gets at most {@code count} different ones, from {@code to} on
     * @return how many: fewer than {@code count} only when there are no more rows that are not on probation
     */
    int passHand(int[] slots, int to, int count) {
        int found = 0;
        // A chosen row gets the most uses, so that it cannot be chosen again before four more rounds.
        for (long left = (USES + 1) * places; left > 0 && found < count; left--, hand = afterHand()) {
            long entry = entry(hand);
            if (entry != 0 && (entry & (PROBATION | CHOSEN)) == 0) {
                if ((entry & USES) == 0) {
                    slots[to + found++] = slot(entry);
                    set(hand, entry | USES);
                } else {
                    set(hand, entry - 1);
                }
            }
        }
        return found;
    }

    private int afterHand() {
        return (int) (((long) hand + stride) % places);
    }

    /** A number near the golden share of the places that has no divisor in common with theirs: its multiples spread well. */
    private static int strideFor(int places) {
        int stride = Math.max(1, (int) (places * GOLDEN_SHARE));
        while (BigInteger.valueOf(stride).gcd(BigInteger.valueOf(places)).intValue() != 1) {
            stride++;
        }
        return stride;
    }

    /** The place where the chain of an id begins. */
    int home(long hash) {
        return (int) ((hash >>> 32) * places >>> 32);
    }

    int after(int place) {
        return place + 1 == places ? 0 : place + 1;
    }

    /** An entry as any thread may read it: what was written to the row before it came here is visible. */
    long acquire(int place) {
        return RawMemory.getLongAcquire(address(place));
    }

    static boolean isOf(long entry, long hash) {
        return (entry ^ hash) >>> 32 == 0;
    }

    static int slot(long entry) {
        return ((int) entry >>> SLOT_SHIFT) - 1;
    }

    /** Where the entry of a row is, or {@link #NONE}. */
    int placeOf(long id) {
        long hash = Mix64.mix(id);
        int place = home(hash);
        for (long entry = entry(place); entry != 0; place = after(place), entry = entry(place)) {
            if (isOf(entry, hash) && rows.id(slot(entry)) == id) {
                return place;
            }
        }
        return NONE;
    }

    private void put(long entry) {
        int place = home(entry);
        while (entry(place) != 0) {
            place = after(place);
        }
        set(place, entry);
    }

    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + places;
    }

    private long entry(int place) {
        return RawMemory.getLong(address(place));
    }

    private void set(int place, long entry) {
        RawMemory.putLongRelease(address(place), entry);
    }
}
