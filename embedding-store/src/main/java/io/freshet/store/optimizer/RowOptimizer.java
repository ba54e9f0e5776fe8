package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * How a gradient changes a row.
 *
 * <p>Same input, same bits, on every machine and whatever rows are beside: single-precision arithmetic in the order that
 * the implementation documents. Threads: no state, any thread.
 */
public interface RowOptimizer {
    /** The optimizer that a pipeline file asks for. */
    static RowOptimizer of(RowOptimizerConfig config) {
        return switch (config.type()) {
            case ADAGRAD -> new Adagrad(config);
        };
    }

    /** Floats of optimizer state that a row of so many weights carries. */
    int stateFloats(int width);

    /** Writes the state of a row that has seen no gradient, from {@code at} on. */
    void initialise(float[] state, int at, int width);

    /** Applies one gradient to each row of a block. */
    void step(RowBlock block);
}
