package io.freshet.store.table;

import java.util.Arrays;

/**
 * Gradients that wait for hot rows, those of one row chained in the order in which they came.
 *
 * <p>Threads: one.
 */
final class WaitingSteps {
    /** No step. */
    static final int NONE = -1;

    /** Slots of the rows that steps wait for; those with more steps before those with fewer once {@link #order} is done. */
    int[] slots;

    /** Per row, the step that is its next one. */
    int[] heads;

    /** Per row, how many steps wait for it. */
    int[] counts;

    /** Rows that steps wait for. */
    int rows;

    private final int[] last;

    /** Per step, where its gradient begins. */
    private final int[] gradientAt;

    /** Per step, the one after it of the same row. */
    private final int[] next;

    private int stepCount;

    /** Number of a row + 1 per place, by slot, open addressing with linear probing; 0 where the place is free. */
    private final int[] places;

    /** Of the places in use, a power of two of them: as few as the batch needs, as they are emptied after it. */
    private int mask;

    private int[] slotsInOrder;
    private int[] headsInOrder;
    private int[] countsInOrder;

    /** By how many fewer steps than the most a row has: where in the order the next such row goes. */
    private final int[] ends;

    /** For at most so many steps. */
    WaitingSteps(int capacity) {
        slots = new int[capacity];
        heads = new int[capacity];
        counts = new int[capacity];
        slotsInOrder = new int[capacity];
        headsInOrder = new int[capacity];
        countsInOrder = new int[capacity];
        last = new int[capacity];
        gradientAt = new int[capacity];
        next = new int[capacity];
        ends = new int[capacity + 1];
        places = new int[placesFor(capacity)];
    }

    /** At most so many steps come until the next call. None wait. */
    void expect(int count) {
        mask = placesFor(count) - 1;
    }

    /** How many steps wait. */
    int steps() {
        return stepCount;
    }

    /** Adds a step. */
    void add(int slot, int at) {
        int step = stepCount++;
        gradientAt[step] = at;
        next[step] = NONE;
        int place = placeOf(slot);
        int row = places[place] - 1;
        if (row >= 0) {
            counts[row]++;
            next[last[row]] = step;
            last[row] = step;
            return;
        }
        row = rows++;
        places[place] = row + 1;
        slots[row] = slot;
        counts[row] = 1;
        heads[row] = step;
        last[row] = step;
    }

    /** Where the gradient of a step begins. */
    int gradientAt(int step) {
        return gradientAt[step];
    }

    /** The next step of the same row, or {@link #NONE}. */
    int after(int step) {
        return next[step];
    }

    /** Brings the rows with most steps to the front; those with as many stay in the order in which they came. */
    void order() {
        if (stepCount == rows) {
            return;
        }
        int most = 0;
        for (int row = 0; row < rows; row++) {
            most = Math.max(most, counts[row]);
        }
        Arrays.fill(ends, 0, most + 1, 0);
        for (int row = 0; row < rows; row++) {
            ends[most - counts[row] + 1]++;
        }
        for (int fewer = 1; fewer <= most; fewer++) {
            ends[fewer] += ends[fewer - 1];
        }
        for (int row = 0; row < rows; row++) {
            int to = ends[most - counts[row]]++;
            slotsInOrder[to] = slots[row];
            headsInOrder[to] = heads[row];
            countsInOrder[to] = counts[row];
        }
        swapOrders();
    }

    private void swapOrders() {
        int[] before = slots;
        slots = slotsInOrder;
        slotsInOrder = before;
        before = heads;
        heads = headsInOrder;
        headsInOrder = before;
        before = counts;
        counts = countsInOrder;
        countsInOrder = before;
    }

    /** No step waits any more. */
    void clear() {
        rows = 0;
        stepCount = 0;
        Arrays.fill(places, 0, mask + 1, 0);
    }

    private int placeOf(int slot) {
        int place = slot & mask;
        while (places[place] != 0 && slots[places[place] - 1] != slot) {
            place = place + 1 & mask;
        }
        return place;
    }

    /** More than twice as many. */
    private static int placesFor(int count) {
        return 4 * Integer.highestOneBit(Math.max(1, count));
    }
}
