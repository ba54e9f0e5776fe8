package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import io.freshet.store.optimizer.RowBlock;
import io.freshet.store.optimizer.RowOptimizer;
import java.util.Arrays;

/**
 * Optimizer steps that wait to be taken together, of different hot rows: rows are copied to the heap, stepped, and copied
 * back. No row may leave the hot table while a step of its waits.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class RowSteps {
    /** More are no faster, and have to fit the second cache. */
    private static final int CAPACITY = 128;

    private static final int PLACES = 4 * CAPACITY;

    private final HotTable hot;
    private final RowOptimizer optimizer;
    private final TableLife life;
    private final RowBlock block;
    private final int[] slots = new int[CAPACITY];

    /** Slot + 1 per place, open addressing with linear probing; 0 where the place is free. */
    private final int[] places = new int[PLACES];

    RowSteps(HotTable hot, RowOptimizer optimizer, RowLayout layout, TableLife life) {
        this.hot = hot;
        this.optimizer = optimizer;
        this.life = life;
        block = new RowBlock(CAPACITY, layout.width(), layout.stateFloats());
    }

    /**
     * Lets a step wait.
     *
     * @return false when the row's step has to wait until those before it are taken: the block is full, or the row has
     *     one in it
     */
    boolean add(int slot, float[] gradients, int at) {
        if (block.rows == CAPACITY || !markSlot(slot)) {
            return false;
        }
        slots[block.rows] = slot;
        System.arraycopy(gradients, at, block.gradients, block.rows * block.width, block.width);
        block.rows++;
        return true;
    }

    /** Takes the steps that wait. Each adds one touch. */
    void take(long eventTimeMs) {
        if (block.rows == 0) {
            return;
        }
        hot.prefetch(slots, block.rows);
        for (int row = 0; row < block.rows; row++) {
            hot.get(slots[row], 0, block.weights, row * block.width, block.width);
            hot.get(slots[row], block.width, block.state, row * block.stateFloats, block.stateFloats);
        }
        optimizer.step(block);
        for (int row = 0; row < block.rows; row++) {
            writeBack(row, eventTimeMs);
        }
        block.rows = 0;
        Arrays.fill(places, 0);
    }

    private void writeBack(int row, long eventTimeMs) {
        int slot = slots[row];
        int touches = hot.touches(slot);
        long before = hot.lastUpdate(slot);
        long lastUpdateMs = Math.max(before, eventTimeMs);
        if (lastUpdateMs > before) {
            life.updated(hot.id(slot), before, lastUpdateMs);
        }
        hot.beginWrite(slot);
        // Unsigned, so -1 is the largest count.
        hot.stamp(slot, touches == -1 ? -1 : touches + 1, lastUpdateMs);
        hot.put(slot, 0, block.weights, row * block.width, block.width);
        hot.put(slot, block.width, block.state, row * block.stateFloats, block.stateFloats);
        hot.endWrite(slot);
    }

    private boolean markSlot(int slot) {
        int place = slot & PLACES - 1;
        while (places[place] != 0) {
            if (places[place] == slot + 1) {
                return false;
            }
            place = place + 1 & PLACES - 1;
        }
        places[place] = slot + 1;
        return true;
    }
}
