package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * FTRL-Proximal (McMahan and others, "Ad Click Prediction: a View from the Trenches", 2013, algorithm 1):
 *
 * <pre>
 *   sigma = (sqrt(n + g * g) - sqrt(n)) / alpha
 *   z    += g - sigma * w
 *   n    += g * g
 *   w     = 0 where |z| &lt;= l1, else (sign(z) * l1 - z) / ((beta + sqrt(n)) / alpha + l2)
 * </pre>
 *
 * <p>Divided by alpha is what is multiplied by its inverse, rounded to a float.
 *
 * <p>State: z of every weight, n of every weight. In the paper weights start at 0, the place that its beta / alpha pulls
 * them to; here that place is where a weight starts, so z starts at {@code -w * (beta + sqrt(n)) / alpha}, which is the
 * paper's 0 where w is 0. Otherwise the first step would take every initial value away, and an embedding cannot leave 0.
 */
final class Ftrl implements RowOptimizer {
    private final RowShape shape;
    private final float perAlpha;
    private final float beta;
    private final float l1;
    private final float l2;
    private final float initialAccumulator;

    Ftrl(RowOptimizerConfig config, RowShape shape) {
        this.shape = shape;
        perAlpha = (float) (1 / config.learningRate());
        beta = (float) config.beta();
        l1 = (float) config.l1();
        l2 = (float) config.l2();
        initialAccumulator = (float) config.initialAccumulator();
    }

    @Override
    public int stateFloats() {
        return 2 * shape.width();
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        int width = shape.width();
        float pull = (beta + root(initialAccumulator)) * perAlpha;
        for (int i = 0; i < width; i++) {
            state[stateAt + i] = -weights[weightsAt + i] * pull;
            state[stateAt + width + i] = initialAccumulator;
        }
    }

    @Override
    public void step(RowBlock block) {
        for (int row = 0; row < block.rows; row++) {
            step(block, row * block.width, row * block.stateFloats);
        }
    }

    private void step(RowBlock block, int at, int sumsAt) {
        float[] weights = block.weights;
        float[] state = block.state;
        int squaresAt = sumsAt + block.width;
        for (int i = 0; i < block.width; i++) {
            float g = block.gradients[at + i];
            float squares = state[squaresAt + i] + g * g;
            float root = root(squares);
            float sigma = (root - root(state[squaresAt + i])) * perAlpha;
            float sum = state[sumsAt + i] + (g - sigma * weights[at + i]);
            state[sumsAt + i] = sum;
            state[squaresAt + i] = squares;
            weights[at + i] =
                    Math.abs(sum) <= l1 ? 0 : (Math.copySign(l1, sum) - sum) / ((beta + root) * perAlpha + l2);
        }
    }

    private static float root(float square) {
        return (float) Math.sqrt(square);
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        fromShape.copyShared(from, 0, shape, to, 0);
        fromShape.copyShared(from, fromShape.width(), shape, to, shape.width());
    }
}
