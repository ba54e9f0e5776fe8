package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.util.Arrays;

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
    private final float learningRate;
    private final float initialAccumulator;
    private final float epsilon;

    Adagrad(RowOptimizerConfig config, RowShape shape) {
        this.shape = shape;
        learningRate = (float) config.learningRate();
        initialAccumulator = (float) config.initialAccumulator();
        epsilon = (float) config.epsilon();
    }

    @Override
    public int stateFloats() {
        return shape.width();
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        Arrays.fill(state, stateAt, stateAt + shape.width(), initialAccumulator);
    }

    @Override
    public void step(RowBlock block) {
        step(block.weights, block.state, block.gradients, block.rows * block.width);
    }

    private void step(float[] weights, float[] accumulators, float[] gradients, int count) {
        for (int i = 0; i < count; i++) {
            float g = gradients[i];
            float accumulator = accumulators[i] + g * g;
            accumulators[i] = accumulator;
            // A square root in double, rounded to float, is the correctly rounded root of a float.
            float root = (float) Math.sqrt(accumulator);
            weights[i] -= learningRate * g / (root + epsilon);
        }
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        fromShape.copyShared(from, 0, shape, to, 0);
    }
}
