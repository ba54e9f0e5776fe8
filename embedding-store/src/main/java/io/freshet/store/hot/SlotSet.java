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
        reach(slot >> 6);
        put(slot);
    }

    /** Puts slots in, {@code slots[0 .. count)}: side by side, as where their bits are is seldom in the nearest caches. */
    public void addAll(int[] slots, int count) {
        int last = 0;
        for (int i = 0; i < count; i++) {
            last = Math.max(last, slots[i]);
        }
        reach(last >> 6);
        for (int i = 0; i < count; i++) {
            put(slots[i]);
        }
    }

    /** Without a branch: whether a slot is in already is not foreseeable. */
    private void put(int slot) {
        long before = words[slot >> 6];
        words[slot >> 6] = before | 1L << slot;
        size += (int) (~before >>> slot & 1);
    }

    private void reach(int word) {
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length + (words.length >> 1)));
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
