package io.freshet.store.hot;

import java.nio.ByteBuffer;

/**
 * Slots, first in, first out, in memory outside the heap that grows with them.
 *
 * <p>Threads: one.
 */
final class SlotQueue {
    private static final int FIRST_CAPACITY = 1 << 8;

    private final int maxSize;
    private ByteBuffer slots;
    private int first;
    private int size;

    /** At most so many at a time. */
    SlotQueue(int maxSize) {
        this.maxSize = maxSize;
        slots = RawMemory.allocate(Math.min(FIRST_CAPACITY, maxSize) * Integer.BYTES);
    }

    int size() {
        return size;
    }

    int maxSize() {
        return maxSize;
    }

    long bytes() {
        return slots.capacity();
    }

    /** Adds a slot; the queue must not be full. */
    void add(int slot) {
        if (size == capacity()) {
            grow();
        }
        slots.putInt(at(size) * Integer.BYTES, slot);
        size++;
    }

    /** Takes the slot that has been here for longest; the queue must not be empty. */
    int take() {
        int slot = slots.getInt(first * Integer.BYTES);
        first = at(1);
        size--;
        return slot;
    }

    private int capacity() {
        return slots.capacity() / Integer.BYTES;
    }

    private int at(int number) {
        return (int) (((long) first + number) % capacity());
    }

    private void grow() {
        ByteBuffer longer = RawMemory.allocate((int) Math.min(2L * capacity(), maxSize) * Integer.BYTES);
        for (int number = 0; number < size; number++) {
            longer.putInt(number * Integer.BYTES, slots.getInt(at(number) * Integer.BYTES));
        }
        slots = longer;
        first = 0;
    }
}
