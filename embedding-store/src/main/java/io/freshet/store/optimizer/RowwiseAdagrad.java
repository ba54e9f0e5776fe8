package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * Adagrad with one accumulator for a whole embedding, as FBGEMM's exact rowwise Adagrad. The bias, whose gradient is of
 * another size than those of the embedding, has an accumulator of its own behind it.
 *
 * <pre>
 *   acc += sum(g * g) / dimension         for the bias: acc += g * g
 *   w   -= (lr / (sqrt(acc) + epsilon)) * g
 * </pre>
 *
 * <p>The sum is that of {@link Squares}.
 */
final class RowwiseAdagrad implements RowOptimizer {
    private final RowShape shape;
    private final AdagradSettings settings;

    RowwiseAdagrad(RowOptimizerConfig config, RowShape shape) {
        this.shape = shape;
        settings = AdagradSettings.of(config);
    }

    @Override
    public int stateFloats() {
        return shape.wide() ? 2 : 1;
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        settings.initialise(state, stateAt, stateFloats());
    }

    @Override
    public void step(RowBlock block) {
        for (int row = 0; row < block.rows; row++) {
            int at = row * block.width;
            int stateAt = row * block.stateFloats;
            step(block, at, shape.dimension(), stateAt);
            if (shape.wide()) {
                step(block, at + shape.dimension(), 1, stateAt + 1);
            }
        }
    }

    /** The weights that share an accumulator. */
    private void step(RowBlock block, int at, int count, int accumulatorAt) {
        float[] weights = block.weights;
        float[] gradients = block.gradients;
        float accumulator = block.state[accumulatorAt] + Squares.sum(gradients, at, count) / count;
        block.state[accumulatorAt] = accumulator;
        float rate = settings.learningRate() / ((float) Math.sqrt(accumulator) + settings.epsilon());
        for (int i = at; i < at + count; i++) {
            weights[i] -= rate * gradients[i];
        }
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        System.arraycopy(from, 0, to, 0, fromShape.wide() && shape.wide() ? 2 : 1);
    }
}
