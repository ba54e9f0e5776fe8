package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the dense weights learn. What a type has no use for is 0, and refused when it is set.
 *
 * @param learningRate step size, before the schedule
 * @param initialAccumulator what Adagrad's sum of squared gradients starts at; 0.01 is measured here (larger starts,
 *     0.1, are as good; the TokenMixer-Large paper is silent)
 * @param beta1 decay of Adam's mean of gradients; 0.9 as its paper says
 * @param beta2 decay of Adam's mean of squared gradients; 0.999 as its paper says
 * @param epsilon keeps a division by zero away
 * @param momentum of SGD; 0.9 is customary
 * @param nesterov whether SGD's momentum looks ahead
 * @param weightDecay pull towards 0 of everything but gains and biases: AdamW takes learning rate times this times the
 *     weight off the weight (decoupled), the others add this times the weight to the gradient. 0, since a stream is seen
 *     once and does not overfit by repetition
 * @param whenChanged what to do with the state of another type of optimizer
 */
public record DenseOptimizerConfig(
        Type type,
        double learningRate,
        double initialAccumulator,
        double beta1,
        double beta2,
        double epsilon,
        double momentum,
        boolean nesterov,
        double weightDecay,
        WhenChanged whenChanged)
        implements Serializable {
    /** What holds when the file does not say. */
    public static final DenseOptimizerConfig DEFAULTS = of(Type.ADAGRAD);

    public DenseOptimizerConfig {
        Problems problems = new Problems()
                .requirePositive("learning-rate", learningRate)
                .requireNotNegative("initial-accumulator", initialAccumulator)
                .requireShare("beta1", beta1)
                .requireShare("beta2", beta2)
                .requireNotNegative("epsilon", epsilon)
                .requireShare("momentum", momentum)
                .requireNotNegative("weight-decay", weightDecay);
        problems.requireUsed(type, "initial-accumulator", type == Type.ADAGRAD || initialAccumulator == 0);
        problems.requireUsed(type, "beta1", type.isAdam() || beta1 == 0);
        problems.requireUsed(type, "beta2", type.isAdam() || beta2 == 0);
        problems.requireUsed(type, "epsilon", type != Type.SGD || epsilon == 0);
        problems.requireDivisor(initialAccumulator, epsilon, type != Type.SGD);
        problems.requireUsed(type, "momentum", type == Type.SGD || momentum == 0);
        problems.requireUsed(type, "nesterov", type == Type.SGD || !nesterov);
        if (nesterov && momentum == 0) {
            problems.add("nesterov", "is true, but there is no momentum. Set momentum to 0.9, or remove nesterov.");
        }
        problems.throwIfAny();
    }

    /** An optimizer of that type, as its default settings are. */
    public static DenseOptimizerConfig of(Type type) {
        return new DenseOptimizerConfig(
                type,
                type.learningRate,
                type == Type.ADAGRAD ? 0.01 : 0,
                type.isAdam() ? 0.9 : 0,
                type.isAdam() ? 0.999 : 0,
                type.epsilon,
                type == Type.SGD ? 0.9 : 0,
                false,
                0,
                WhenChanged.REFUSE);
    }

    /** Adagrad with a rate and an initial accumulator, and its defaults else. */
    public static DenseOptimizerConfig adagrad(double learningRate, double initialAccumulator) {
        return new DenseOptimizerConfig(
                Type.ADAGRAD,
                learningRate,
                initialAccumulator,
                0,
                0,
                Type.ADAGRAD.epsilon,
                0,
                false,
                0,
                WhenChanged.REFUSE);
    }

    /** Which rule. */
    public enum Type {
        /** Duchi, Hazan, Singer 2011; what TokenMixer-Large is trained with. The rate 0.003 is measured here. */
        ADAGRAD(0.003, 1e-10),
        /** Kingma, Ba 2015; rate and epsilon are the paper's. */
        ADAM(0.001, 1e-8),
        /** Loshchilov, Hutter 2019: Adam with weight decay beside the gradient. */
        ADAMW(0.001, 1e-8),
        /** Plain gradient descent with momentum. The rate 0.01 is customary. */
        SGD(0.01, 0);

        final double learningRate;
        final double epsilon;

        Type(double learningRate, double epsilon) {
            this.learningRate = learningRate;
            this.epsilon = epsilon;
        }

        /** Whether it is Adam or AdamW. */
        public boolean isAdam() {
            return this == ADAM || this == ADAMW;
        }
    }

    /** What a trainer does with the restored state of another type of optimizer. */
    public enum WhenChanged {
        /** Not start, and say what to do. */
        REFUSE,
        /** Keep the weights, and begin with fresh optimizer state. */
        RESET
    }
}
