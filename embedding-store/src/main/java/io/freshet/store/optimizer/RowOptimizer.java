package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * How a gradient changes a row. Made for rows of one shape.
 *
 * <p>Same input, same bits, on every machine and whatever rows are beside: arithmetic in the order that the
 * implementation documents, in single precision where it does not say otherwise. Gradients have to be
 * below {@link #GRADIENT_LIMIT}. Threads: no state, any thread.
 */
public interface RowOptimizer {
    /**
     * A gradient that holds a number of this size or above, or NaN, counts as not finite: it is not applied. The squares
     * of smaller ones add up to a finite number over any row, where larger ones would make an accumulator infinite and so
     * end a weight's learning for ever.
     */
    float GRADIENT_LIMIT = 0x1p57f;

    /** The optimizer that a pipeline file asks for: clipping first, then decay, then its type. */
    static RowOptimizer of(RowOptimizerConfig config, RowShape shape) {
        RowOptimizer optimizer = switch (config.type()) {
            case SGD -> new Sgd(config);
            case ADAGRAD -> new Adagrad(config, shape);
            case ROWWISE_ADAGRAD -> new RowwiseAdagrad(config, shape);
            case ADAM -> new Adam(config, shape);
            case FTRL -> new Ftrl(config, shape);
        };
        if (config.weightDecay() > 0) {
            optimizer = new AdjustedOptimizer(new WeightDecay(config.weightDecay()), optimizer);
        }
        return config.clipNorm() > 0 ? new AdjustedOptimizer(new RowClipping(config.clipNorm()), optimizer) : optimizer;
    }

    /** Floats of optimizer state in a row. */
    int stateFloats();

    /**
     * Writes the state of a row that has seen no gradient.
     *
     * @param weights the row's initial weights, from {@code weightsAt} on
     * @param state gets the state from {@code stateAt} on
     */
    void initialise(float[] weights, int weightsAt, float[] state, int stateAt);

    /** Applies one gradient to each row of a block. */
    void step(RowBlock block);

    /**
     * Copies what the state of a row of another shape has in common with that of this one's; leaves the rest.
     *
     * @param from state that the same type of optimizer wrote for {@code fromShape}
     * @param to initialised state of this optimizer
     */
    void carry(float[] from, RowShape fromShape, float[] to);
}
