package io.freshet.store.table;

import io.freshet.store.hash.Mix64;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** A set of 64-bit numbers without boxes; any number may be in it. Single-threaded. */
final class LongSet {
    private static final int INITIAL_CAPACITY = 16;

    /** Open addressing with linear probing, a power of two long, at most half full; 0 marks a free place. */
    private long[] places = new long[INITIAL_CAPACITY];

    /** 0 marks a free place, so it is kept here. */
    private boolean hasZero;

    private int nonZeros;

    void add(long value) {
        if (value == 0) {
            hasZero = true;
            return;
        }
        if (2 * (nonZeros + 1) > places.length) {
            grow();
        }
        if (insert(places, value)) {
            nonZeros++;
        }
    }

    boolean contains(long value) {
        if (value == 0) {
            return hasZero;
        }
        int mask = places.length - 1;
        int place = (int) Mix64.mix(value) & mask;
        while (places[place] != 0) {
            if (places[place] == value) {
                return true;
            }
            place = place + 1 & mask;
        }
        return false;
    }

    int size() {
        return nonZeros + (hasZero ? 1 : 0);
    }

    void forEach(LongConsumer consumer) {
        if (hasZero) {
            consumer.accept(0);
        }
        for (long value : places) {
            if (value != 0) {
                consumer.accept(value);
            }
        }
    }

    /** Empties the set and gives its memory back. */
    void clear() {
        places = new long[INITIAL_CAPACITY];
        hasZero = false;
        nonZeros = 0;
    }

    private void grow() {
        long[] wider = new long[2 * places.length];
        Arrays.stream(places).filter(value -> value != 0).forEach(value -> insert(wider, value));
        places = wider;
    }

    private static boolean insert(long[] places, long value) {
        int mask = places.length - 1;
        int place = (int) Mix64.mix(value) & mask;
        while (places[place] != 0) {
            if (places[place] == value) {
                return false;
            }
            place = place + 1 & mask;
        }
        places[place] = value;
        return true;
    }
}
