package io.freshet.store.hot;

import java.util.Arrays;

/**
 * A set of slots of a {@link HotTable}, one bit for each: for what its user has to remember about rows. Whoever removes
 * a row takes its slot out of every set.
 *
 * <p>Threads: one.
 */
public final class SlotSet {
    private long[] words = new long[16];
    private int size;

    /** Puts a slot in. */
    public void add(int slot) {
        int word = slot >> 6;
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length + (words.length >> 1)));
        }
        long bit = 1L << slot;
        if ((words[word] & bit) == 0) {
            words[word] |= bit;
            size++;
        }
    }

    /** Takes a slot out, if it is in. */
    public void remove(int slot) {
        if (contains(slot)) {
            words[slot >> 6] &= ~(1L << slot);
            size--;
        }
    }

    /** Whether a slot is in. */
    public boolean contains(int slot) {
        int word = slot >> 6;
        return word < words.length && (words[word] & 1L << slot) != 0;
    }

    /** How many slots are in. */
    public int size() {
        return size;
    }

    /** The first slot in the set from {@code from} on, or {@link HotTable#NONE}. */
    public int next(int from) {
        int word = from >> 6;
        if (word >= words.length) {
            return HotTable.NONE;
        }
        long bits = words[word] & ~0L << from;
        while (bits == 0) {
            if (++word == words.length) {
                return HotTable.NONE;
            }
            bits = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** Takes every slot out. */
    public void clear() {
        Arrays.fill(words, 0);
        size = 0;
    }

    /** Memory on the heap, in bytes. */
    public long bytes() {
        return (long) words.length * Long.BYTES;
    }
}
