package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.util.Arrays;

/**
 * Adagrad (Duchi, Hazan, Singer 2011), one accumulator per weight, as PyTorch computes it without decay:
 *
 * <pre>
 *   acc += g * g
 *   w   -= (lr * g) / (sqrt(acc) + 1e-10)
 * </pre>
 *
 * <p>Each operation is rounded to a float before the next; the square root is the correctly rounded one.
 */
final class Adagrad implements RowOptimizer {
    private static final float EPSILON = 1e-10f;

    private final float learningRate;
    private final float initialAccumulator;

    Adagrad(RowOptimizerConfig config) {
        learningRate = (float) config.learningRate();
        initialAccumulator = (float) config.initialAccumulator();
    }

    @Override
    public int stateFloats(int width) {
        return width;
    }

    @Override
    public void initialise(float[] state, int at, int width) {
        Arrays.fill(state, at, at + width, initialAccumulator);
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
            weights[i] -= learningRate * g / (root + EPSILON);
        }
    }
}
