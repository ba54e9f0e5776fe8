package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * Adagrad (Duchi, Hazan, Singer 2011), one accumulator per weight, as PyTorch computes it without decay of the rate:
 *
 * <pre>
 *   acc += g * g
 *   w   -= (lr * g) / (sqrt(acc) + epsilon)
 * </pre>
 *
 * <p>Each operation is rounded to a float before the next; the square root is the correctly rounded one.
 */
final class Adagrad implements RowOptimizer {
    private final RowShape shape;
    private final AdagradSettings settings;

    Adagrad(RowOptimizerConfig config, RowShape shape) {
        this.shape = shape;
        settings = AdagradSettings.of(config);
    }

    @Override
    public int stateFloats() {
        return shape.width();
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        settings.initialise(state, stateAt, stateFloats());
    }

    @Override
    public void step(RowBlock block) {
        step(block.weights, block.state, block.gradients, block.rows * block.width);
    }

    private void step(float[] weights, float[] accumulators, float[] gradients, int count) {
        float rate = settings.learningRate(); // A local in the loop, which the JIT makes vectors of.
        float epsilon = settings.epsilon();
        for (int i = 0; i < count; i++) {
            float g = gradients[i];
            float accumulator = accumulators[i] + g * g;
            accumulators[i] = accumulator;
            // A square root in double, rounded to float, is the correctly rounded root of a float.
            float root = (float) Math.sqrt(accumulator);
            weights[i] -= rate * g / (root + epsilon);
        }
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        fromShape.copyShared(from, 0, shape, to, 0);
    }
}
