package io.freshet.store.table;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.nio.FloatBuffer;

/**
 * How a gradient changes a row. Works on the memory of the row itself.
 *
 * <p>Same input, same bits, on every machine: single-precision arithmetic in the order that the implementation
 * documents. Threads: no state, any thread; the row's memory belongs to its owner.
 */
interface RowOptimizer {
    /** The optimizer that a pipeline file asks for. */
    static RowOptimizer of(RowOptimizerConfig config) {
        return switch (config.type()) {
            case ADAGRAD -> new Adagrad(config);
        };
    }

    /** Floats of optimizer state that a row of so many weights carries. */
    int stateFloats(int width);

    /** Writes the state of a row that has seen no gradient, from {@code stateAt} on. */
    void initialise(FloatBuffer memory, int stateAt, int width);

    /**
     * Applies one gradient.
     *
     * @param memory holds the row: {@code width} weights from {@code weightsAt} on, the state right behind them
     * @param gradient [width] from {@code gradientAt} on
     */
    void step(FloatBuffer memory, int weightsAt, int width, float[] gradient, int gradientAt);
}
