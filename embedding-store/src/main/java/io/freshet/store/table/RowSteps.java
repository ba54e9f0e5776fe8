package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import io.freshet.store.hot.SlotBlock;
import io.freshet.store.optimizer.RowBlock;
import io.freshet.store.optimizer.RowOptimizer;

/**
 * Takes optimizer steps of a batch together: hot rows are copied to the heap, stepped, and copied back, each once however
 * many gradients it has. Rows with many come first, so that the first round over a block of rows is for all of them and
 * each next one for those at its front that have another gradient. No row may leave the hot table while a step of its
 * waits.
 *
 * <p>Threads: one, the owner of the hot table.
 */
final class RowSteps {
    /** More are no faster, and have to fit the second cache. */
    private static final int BLOCK_ROWS = 128;

    /** The more wait, the more of them are for one row; but their rows have to stay in the second cache. */
    private static final int MAX_STEPS = 2_048;

    private final RowOptimizer optimizer;
    private final TableLife life;
    private final WaitingSteps waiting;
    private final RowBlock block;
    private final SlotBlock hotRows;

    /** Where the batch's gradients are. */
    private float[] gradients;

    RowSteps(HotTable hot, RowOptimizer optimizer, RowLayout layout, TableLife life) {
        this.optimizer = optimizer;
        this.life = life;
        waiting = new WaitingSteps(MAX_STEPS);
        block = new RowBlock(BLOCK_ROWS, layout.width(), layout.stateFloats());
        hotRows = hot.block(BLOCK_ROWS);
    }

    /** The next steps are of this batch. No step waits. */
    void begin(Gradients batch) {
        gradients = batch.values();
        waiting.expect(Math.min(MAX_STEPS, batch.rows()));
    }

    /** Lets a step wait whose gradient begins there. There has to be room for it. */
    void add(int slot, int gradientAt) {
        waiting.add(slot, gradientAt);
    }

    /** Whether those that wait have to be taken before another one can. */
    boolean areFull() {
        return waiting.steps() == MAX_STEPS;
    }

    /** Slots of the rows for which steps wait, {@code [0 .. rows())}. */
    int[] slots() {
        return waiting.slots;
    }

    int rows() {
        return waiting.rows;
    }

    /** Takes the steps that wait. Each adds one touch. */
    void take(long eventTimeMs) {
        if (waiting.rows == 0) {
            return;
        }
        waiting.order();
        for (int from = 0; from < waiting.rows; from += BLOCK_ROWS) {
            take(from, Math.min(BLOCK_ROWS, waiting.rows - from), eventTimeMs);
        }
        waiting.clear();
    }

    private void take(int from, int rows, long eventTimeMs) {
        hotRows.select(waiting.slots, from, rows);
        hotRows.get(0, block.width, block.weights);
        hotRows.get(block.width, block.stateFloats, block.state);
        for (int active = rows; active > 0; active = withAnotherStep(from, active)) {
            takeGradients(from, active);
            block.rows = active;
            optimizer.step(block);
        }
        for (int row = 0; row < rows; row++) {
            writeBack(row, waiting.counts[from + row], eventTimeMs);
        }
    }

    /** The next gradients of as many rows. Such as lie side by side are copied at once. */
    private void takeGradients(int from, int rows) {
        int width = block.width;
        int run;
        for (int row = 0; row < rows; row += run) {
            int at = nextGradient(from + row);
            run = 1;
            while (row + run < rows && waiting.gradientAt(waiting.heads[from + row + run]) == at + run * width) {
                nextGradient(from + row + run++);
            }
            System.arraycopy(gradients, at, block.gradients, row * width, run * width);
        }
    }

    private int nextGradient(int row) {
        int step = waiting.heads[row];
        waiting.heads[row] = waiting.after(step);
        return waiting.gradientAt(step);
    }

    /** How many of the first rows of a block have another step: those behind them have none, as they had fewer. */
    private int withAnotherStep(int from, int rows) {
        int active = rows;
        while (active > 0 && waiting.heads[from + active - 1] == WaitingSteps.NONE) {
            active--;
        }
        return active;
    }

    private void writeBack(int row, int steps, long eventTimeMs) {
        long before = hotRows.lastUpdate(row);
        long lastUpdateMs = Math.max(before, eventTimeMs);
        if (lastUpdateMs > before) {
            life.updated(hotRows.id(row), before, lastUpdateMs);
        }
        // Unsigned, and stays at the largest count.
        long touches = Integer.toUnsignedLong(hotRows.touches(row)) + steps;
        hotRows.beginWrite(row);
        hotRows.stamp(row, (int) Math.min(touches, 0xffff_ffffL), lastUpdateMs);
        hotRows.put(row, 0, block.width, block.weights);
        hotRows.put(row, block.width, block.stateFloats, block.state);
        hotRows.endWrite(row);
    }
}
