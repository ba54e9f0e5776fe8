package io.freshet.store.optimizer;

/**
 * Copies of a few different rows, and a gradient for each: what an optimizer works on. Rows lie side by side in an array
 * for each kind of number, so that a step that treats all weights alike is one loop over arrays with one index, which
 * the compiler vectorises (one row at a time, or with the gradients at another index, it does not).
 *
 * <p>Threads: one.
 */
public final class RowBlock {
    /** Floats of weights, and of gradients, in a row. */
    public final int width;

    /** Floats of optimizer state in a row. */
    public final int stateFloats;

    /** [rows, width]. */
    public final float[] weights;

    /** [rows, stateFloats]. */
    public final float[] state;

    /** [rows, width]; an optimizer may change them. */
    public final float[] gradients;

    /** Rows in use; what lies behind them means nothing. */
    public int rows;

    /** An empty block with room for so many rows. */
    public RowBlock(int capacity, int width, int stateFloats) {
        this.width = width;
        this.stateFloats = stateFloats;
        weights = new float[capacity * width];
        state = new float[capacity * stateFloats];
        gradients = new float[capacity * width];
    }
}
