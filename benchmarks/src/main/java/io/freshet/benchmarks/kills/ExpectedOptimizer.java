package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.RowOptimizerConfig;

/**
 * What the row optimizers are documented to do, written out for one row, a weight at a time. Each operation is rounded to
 * a float before the next, but for Adam's two corrections.
 */
final class ExpectedOptimizer {
    private final RowOptimizerConfig config;
    private final int dimension;
    private final float rate;
    private final float epsilon;

    /** For rows of an embedding of that dimension and a bias. */
    ExpectedOptimizer(RowOptimizerConfig config, int dimension) {
        this.config = config;
        this.dimension = dimension;
        rate = (float) config.learningRate();
        epsilon = (float) config.epsilon();
    }

    /** The state of a row that has seen no gradient. */
    float[] state(float[] weights) {
        int width = weights.length;
        float first = (float) config.initialAccumulator();
        float[] state = new float
                [switch (config.type()) {
                    case SGD -> 0;
                    case ADAGRAD -> width;
                    case ROWWISE_ADAGRAD -> 2;
                    case ADAM -> 2 * width + 1;
                    case FTRL -> 2 * width;
                }];
        for (int i = 0; i < state.length; i++) {
            state[i] = first;
        }
        for (int i = 0; config.type() == RowOptimizerConfig.Type.FTRL && i < width; i++) {
            state[i] = -weights[i] * (((float) config.beta() + root(first)) * perAlpha());
        }
        return state;
    }

    void step(float[] weights, float[] state, float[] gradient) {
        float[] g = gradient.clone();
        float norm = root(sumOfSquares(g, g.length));
        if (config.clipNorm() > 0 && norm > (float) config.clipNorm()) {
            float factor = (float) config.clipNorm() / norm;
            for (int i = 0; i < g.length; i++) {
                g[i] *= factor;
            }
        }
        for (int i = 0; config.weightDecay() > 0 && i < g.length; i++) {
            g[i] += (float) config.weightDecay() * weights[i];
        }
        switch (config.type()) {
            case SGD -> sgd(weights, g);
            case ADAGRAD -> adagrad(weights, state, g);
            case ROWWISE_ADAGRAD -> rowwise(weights, state, g);
            case ADAM -> adam(weights, state, g);
            case FTRL -> ftrl(weights, state, g);
        }
    }

    private void sgd(float[] w, float[] g) {
        for (int i = 0; i < w.length; i++) {
            w[i] -= rate * g[i];
        }
    }

    private void adagrad(float[] w, float[] squares, float[] g) {
        for (int i = 0; i < w.length; i++) {
            squares[i] += g[i] * g[i];
            w[i] -= rate * g[i] / (root(squares[i]) + epsilon);
        }
    }

    private void rowwise(float[] w, float[] squares, float[] g) {
        squares[0] += sumOfSquares(g, dimension) / dimension;
        squares[1] += g[dimension] * g[dimension];
        for (int i = 0; i < w.length; i++) {
            float own = rate / (root(squares[i < dimension ? 0 : 1]) + epsilon);
            w[i] -= own * g[i];
        }
    }

    private void adam(float[] w, float[] state, float[] g) {
        int width = w.length;
        int steps = (int) ++state[2 * width];
        float corrected = (float) (config.learningRate() / (1 - power(config.beta1(), steps)));
        float correction = (float) Math.sqrt(1 - power(config.beta2(), steps));
        for (int i = 0; i < width; i++) {
            state[i] += (g[i] - state[i]) * (float) (1 - config.beta1());
            float square = (float) (1 - config.beta2()) * g[i] * g[i];
            state[width + i] = state[width + i] * (float) config.beta2() + square;
            w[i] -= corrected * state[i] / (root(state[width + i]) / correction + epsilon);
        }
    }

    private void ftrl(float[] w, float[] state, float[] g) {
        float l1 = (float) config.l1();
        for (int i = 0; i < w.length; i++) {
            float before = root(state[w.length + i]);
            state[w.length + i] += g[i] * g[i];
            float now = root(state[w.length + i]);
            state[i] += g[i] - (now - before) * perAlpha() * w[i];
            float beyond = Math.abs(state[i]) - l1;
            float curve = ((float) config.beta() + now) * perAlpha() + (float) config.l2();
            w[i] = beyond <= 0 ? 0 : (Math.copySign(l1, state[i]) - state[i]) / curve;
        }
    }

    private float perAlpha() {
        return (float) (1 / config.learningRate());
    }

    /** Of the first few: four sums of every fourth square each; what is behind the last whole four goes to the first. */
    private static float sumOfSquares(float[] g, int count) {
        float[] sums = new float[4];
        for (int i = 0; i < count; i++) {
            sums[i < count / 4 * 4 ? i % 4 : 0] += g[i] * g[i];
        }
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }

    private static float root(float square) {
        return (float) Math.sqrt(square);
    }

    /** By repeated squaring, from the lowest bit of the exponent on. */
    private static double power(double base, int exponent) {
        double result = 1;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            double square = base;
            for (int i = 0; i < bit; i++) {
                square *= square;
            }
            result = (exponent >> bit & 1) == 1 ? result * square : result;
        }
        return result;
    }
}
