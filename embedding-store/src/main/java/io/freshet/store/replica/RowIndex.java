package io.freshet.store.replica;

import io.freshet.store.hash.Mix64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers the ids of a table in the order they come: 0, 1, 2 and so on. Open addressing with linear probing, at most half
 * full; entries are added, never moved or removed. A full index is left behind for a {@link #wider} one, and one with many
 * ids that are gone for one of the ids that are left.
 *
 * <p>Threads: one writer adds while any number of readers look up. A reader finds every id that was added before it got
 * hold of the index; of those added since, it may find some, each with its right number.
 */
final class RowIndex {
    static final int NONE = -1;

    /** Sees the entries of {@link #forEach}. */
    @FunctionalInterface
    interface Visitor {
        void entry(long id, int number);
    }

    private static final int MIN_PLACES = 64;
    private static final int MAX_PLACES = 1 << 30;
    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(int[].class);

    /** Valid where {@link #numbers} is not 0. */
    private final long[] ids;

    /** Row number + 1; 0 where the place is free. Written with release after the id, read with acquire before it. */
    private final int[] numbers;

    /** Only the writer looks at it. */
    private int size;

    /** An empty index for {@code places / 2} ids; a power of two. */
    RowIndex(int places) {
        ids = new long[places];
        numbers = new int[places];
    }

    /** An empty index that takes so many ids without being full. */
    static RowIndex withRoomFor(int ids) {
        int places = MIN_PLACES;
        while (places < 2L * (ids + 1L) && places < MAX_PLACES) {
            places *= 2;
        }
        return new RowIndex(places);
    }

    /** How many ids have a number; only for the writer. */
    int size() {
        return size;
    }

    /** Visits all entries, in no order; only for the writer. */
    void forEach(Visitor visitor) {
        for (int place = 0; place < numbers.length; place++) {
            if (numbers[place] != 0) {
                visitor.entry(ids[place], numbers[place] - 1);
            }
        }
    }

    /** The number of a row, or {@link #NONE}. */
    int find(long id) {
        int mask = numbers.length - 1;
        int place = home(id, mask);
        while (true) {
            int number = (int) NUMBER.getAcquire(numbers, place) - 1;
            if (number == NONE || ids[place] == id) {
                return number;
            }
            place = place + 1 & mask;
        }
    }

    boolean isFull() {
        return 2 * size == numbers.length;
    }

    /** Gives an id that is not here the next number. The index must not be full. */
    int add(long id) {
        insert(id, size);
        return size++;
    }

    /** A copy with twice as many places; this one stays as it is, for those who hold it. */
    RowIndex wider() {
        if (numbers.length == MAX_PLACES) {
            throw new IllegalStateException(
                    "A table of this server holds %d rows, and cannot hold more: spread its ids over two tables."
                            .formatted(size));
        }
        RowIndex wider = new RowIndex(2 * numbers.length);
        for (int place = 0; place < numbers.length; place++) {
            if (numbers[place] != 0) {
                wider.insert(ids[place], numbers[place] - 1);
            }
        }
        wider.size = size;
        return wider;
    }

    private void insert(long id, int number) {
        int mask = numbers.length - 1;
        int place = home(id, mask);
        while (numbers[place] != 0) {
            place = place + 1 & mask;
        }
        ids[place] = id;
        NUMBER.setRelease(numbers, place, number + 1);
    }

    private static int home(long id, int mask) {
        return (int) Mix64.mix(id) & mask;
    }
}
