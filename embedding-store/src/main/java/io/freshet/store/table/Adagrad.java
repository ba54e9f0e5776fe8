package io.freshet.store.table;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.nio.FloatBuffer;

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
    public void initialise(FloatBuffer memory, int stateAt, int width) {
        for (int i = 0; i < width; i++) {
            memory.put(stateAt + i, initialAccumulator);
        }
    }

    @Override
    public void step(FloatBuffer memory, int weightsAt, int width, float[] gradient, int gradientAt) {
        int stateAt = weightsAt + width;
        for (int i = 0; i < width; i++) {
            float g = gradient[gradientAt + i];
            float accumulator = memory.get(stateAt + i) + g * g;
            memory.put(stateAt + i, accumulator);
            // A square root in double, rounded to float, is the correctly rounded root of a float.
            float root = (float) Math.sqrt(accumulator);
            memory.put(weightsAt + i, memory.get(weightsAt + i) - learningRate * g / (root + EPSILON));
        }
    }
}
