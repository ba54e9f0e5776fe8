package io.freshet.model.batch;

import java.util.Arrays;

/** Numbers the different ids of a batch 0, 1, 2 ... in the order in which they first appear. Not thread-safe. */
final class IdIndex {
    private static final int SMALLEST = 256;

    private long[] keys = new long[SMALLEST];
    private int[] places = new int[SMALLEST];
    private long[] ids = new long[SMALLEST / 2];
    private int count;

    /** Forgets all ids; to be called first, with the greatest number of different ids that may come. */
    void reset(int mostIds) {
        int capacity = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, mostIds)) * 4);
        if (capacity > keys.length) {
            keys = new long[capacity];
            places = new int[capacity];
            ids = new long[capacity / 2];
        }
        Arrays.fill(places, 0);
        count = 0;
    }

    /** The number of this id. */
    int placeOf(long id) {
        int mask = keys.length - 1;
        int at = hash(id) & mask;
        while (places[at] != 0) { // A place is kept as its number + 1, so that 0 says free.
            if (keys[at] == id) {
                return places[at] - 1;
            }
            at = (at + 1) & mask;
        }
        keys[at] = id;
        ids[count] = id;
        places[at] = ++count;
        return count - 1;
    }

    int count() {
        return count;
    }

    /** The ids by number; only the first {@link #count()} count. */
    long[] ids() {
        return ids;
    }

    private static int hash(long id) {
        long mixed = id * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
