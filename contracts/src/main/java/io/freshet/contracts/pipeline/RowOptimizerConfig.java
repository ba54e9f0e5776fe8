package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the rows of a table learn. What a type has no use for is 0, and refused when it is set.
 *
 * @param learningRate step size; FTRL's alpha
 * @param initialAccumulator what the sum of squared gradients starts at (Adagrad, FTRL), or the sum of their means over
 *     the row (rowwise Adagrad)
 * @param epsilon keeps a division by zero away (all but SGD and FTRL)
 * @param weightDecay this times the weight is added to the gradient, after clipping (all but FTRL); a row decays only
 *     when it is stepped
 * @param clipNorm a row's gradient whose norm is above this is scaled down to it; 0 for never
 * @param beta1 decay of Adam's mean of gradients
 * @param beta2 decay of Adam's mean of squared gradients
 * @param l1 FTRL's pull to exactly 0
 * @param l2 FTRL's pull towards 0
 * @param beta FTRL's smoothing of the first steps
 */
public record RowOptimizerConfig(
        Type type,
        double learningRate,
        double initialAccumulator,
        double epsilon,
        double weightDecay,
        double clipNorm,
        double beta1,
        double beta2,
        double l1,
        double l2,
        double beta)
        implements Serializable {
    /** What holds when the file does not say. */
    public static final RowOptimizerConfig DEFAULTS = of(Type.ADAGRAD);

    public RowOptimizerConfig {
        boolean ftrl = type == Type.FTRL;
        new Problems()
                .requirePositive("learning-rate", learningRate)
                .requireNotNegative("initial-accumulator", initialAccumulator)
                .requireNotNegative("epsilon", epsilon)
                .requireNotNegative("weight-decay", weightDecay)
                .requireNotNegative("clip-norm", clipNorm)
                .requireShare("beta1", beta1)
                .requireShare("beta2", beta2)
                .requireNotNegative("l1", l1)
                .requireNotNegative("l2", l2)
                .requireNotNegative("beta", beta)
                .requireUsed(type, "initial-accumulator", type.accumulates() || initialAccumulator == 0)
                .requireUsed(type, "epsilon", type.epsilon > 0 || epsilon == 0)
                .requireDivisor(initialAccumulator, epsilon, type.epsilon > 0)
                .requireUsed(type, "weight-decay", !ftrl || weightDecay == 0)
                .requireUsed(type, "beta1", type == Type.ADAM || beta1 == 0)
                .requireUsed(type, "beta2", type == Type.ADAM || beta2 == 0)
                .requireUsed(type, "l1", ftrl || l1 == 0)
                .requireUsed(type, "l2", ftrl || l2 == 0)
                .requireUsed(type, "beta", ftrl || beta == 0)
                .throwIfAny();
    }

    /** An optimizer of that type, as its default settings are. */
    public static RowOptimizerConfig of(Type type) {
        boolean adam = type == Type.ADAM;
        return new RowOptimizerConfig(
                type,
                type.learningRate,
                type.initialAccumulator,
                type.epsilon,
                0,
                0,
                adam ? 0.9 : 0,
                adam ? 0.999 : 0,
                0,
                0,
                type == Type.FTRL ? 1 : 0);
    }

    /** Adagrad with a rate and an initial accumulator, and its defaults else. */
    public static RowOptimizerConfig adagrad(double learningRate, double initialAccumulator) {
        return new RowOptimizerConfig(
                Type.ADAGRAD, learningRate, initialAccumulator, Type.ADAGRAD.epsilon, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Which rule. */
    public enum Type {
        /** Plain gradient descent. The rate 0.01 is customary. */
        SGD(0.01, 0, 0),
        /** Duchi, Hazan, Singer 2011: an accumulator per weight. Rate and start are measured here. */
        ADAGRAD(0.1, 0.01, 1e-10),
        /** One accumulator per row, after FBGEMM's: next to no memory for state. Rate and start are Adagrad's. */
        ROWWISE_ADAGRAD(0.1, 0.01, 1e-10),
        /** Kingma, Ba 2015, each row with its own count of steps; rate and epsilon are the paper's. */
        ADAM(0.001, 0, 1e-8),
        /** FTRL-Proximal, McMahan and others 2013: weights that are exactly 0 where l1 is above 0. */
        FTRL(0.1, 0, 0);

        final double learningRate;
        final double initialAccumulator;
        final double epsilon;

        Type(double learningRate, double initialAccumulator, double epsilon) {
            this.learningRate = learningRate;
            this.initialAccumulator = initialAccumulator;
            this.epsilon = epsilon;
        }

        private boolean accumulates() {
            return this == ADAGRAD || this == ROWWISE_ADAGRAD || this == FTRL;
        }
    }
}
