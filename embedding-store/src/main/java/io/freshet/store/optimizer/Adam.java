package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.util.Arrays;

/**
 * Adam (Kingma, Ba 2015) as PyTorch computes it, lazily: a row that a batch does not touch keeps its means, and each row
 * has its own count of steps, so that a row seen for the first time late gets the whole correction of its bias.
 *
 * <pre>
 *   t  = t + 1
 *   m += (g - m) * (1 - beta1)
 *   v  = v * beta2 + (1 - beta2) * g * g
 *   w -= (lr / (1 - beta1^t)) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 *
 * <p>State: m of every weight, v of every weight, t. The corrections are worked out in double, the powers by repeated
 * squaring, which has the same bits everywhere as {@link Math#pow} has not. As a float t stays at 2^24, when both
 * corrections have long been 1.
 */
final class Adam implements RowOptimizer {
    private final RowShape shape;
    private final double learningRate;
    private final double beta1;
    private final double beta2;
    private final float epsilon;

    Adam(RowOptimizerConfig config, RowShape shape) {
        this.shape = shape;
        learningRate = config.learningRate();
        beta1 = config.beta1();
        beta2 = config.beta2();
        epsilon = (float) config.epsilon();
    }

    @Override
    public int stateFloats() {
        return 2 * shape.width() + 1;
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        Arrays.fill(state, stateAt, stateAt + stateFloats(), 0);
    }

    @Override
    public void step(RowBlock block) {
        for (int row = 0; row < block.rows; row++) {
            step(block, row * block.width, row * block.stateFloats);
        }
    }

    private void step(RowBlock block, int at, int meansAt) {
        float[] weights = block.weights;
        float[] state = block.state;
        int width = block.width;
        int squaresAt = meansAt + width;
        int stepsAt = squaresAt + width;
        state[stepsAt]++;
        int steps = (int) state[stepsAt];
        float rate = (float) (learningRate / (1 - power(beta1, steps)));
        float squaresCorrection = (float) Math.sqrt(1 - power(beta2, steps));
        float newShare = (float) (1 - beta1);
        float oldSquares = (float) beta2;
        float newSquares = (float) (1 - beta2);
        for (int i = 0; i < width; i++) {
            float g = block.gradients[at + i];
            float mean = state[meansAt + i] + (g - state[meansAt + i]) * newShare;
            float square = state[squaresAt + i] * oldSquares + newSquares * g * g;
            state[meansAt + i] = mean;
            state[squaresAt + i] = square;
            weights[at + i] -= rate * mean / ((float) Math.sqrt(square) / squaresCorrection + epsilon);
        }
    }

    private static double power(double base, int exponent) {
        double result = 1;
        double square = base;
        for (int rest = exponent; rest > 0; rest >>= 1) {
            result = (rest & 1) == 1 ? result * square : result;
            square *= square;
        }
        return result;
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        fromShape.copyShared(from, 0, shape, to, 0);
        fromShape.copyShared(from, fromShape.width(), shape, to, shape.width());
        to[2 * shape.width()] = from[2 * fromShape.width()];
    }
}
