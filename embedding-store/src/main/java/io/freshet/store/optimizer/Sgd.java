package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * Plain gradient descent; a row has no state.
 *
 * <pre>
 *   w -= lr * g
 * </pre>
 */
final class Sgd implements RowOptimizer {
    private final float learningRate;

    Sgd(RowOptimizerConfig config) {
        learningRate = (float) config.learningRate();
    }

    @Override
    public int stateFloats() {
        return 0;
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        // There is none.
    }

    @Override
    public void step(RowBlock block) {
        float[] weights = block.weights;
        float[] gradients = block.gradients;
        for (int i = 0; i < block.rows * block.width; i++) {
            weights[i] -= learningRate * gradients[i];
        }
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        // There is none.
    }
}
