package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the rows of a table learn.
 *
 * @param initialAccumulator what Adagrad's sum of squared gradients starts at
 */
public record RowOptimizerConfig(Type type, double learningRate, double initialAccumulator) implements Serializable {
    /** What holds when the file does not say. */
    public static final RowOptimizerConfig DEFAULTS = new RowOptimizerConfig(Type.ADAGRAD, 0.1, 0.01);

    public RowOptimizerConfig {
        new Problems()
                .requirePositive("learning-rate", learningRate)
                .requireNotNegative("initial-accumulator", initialAccumulator)
                .throwIfAny();
    }

    /** Which rule. */
    public enum Type {
        ADAGRAD
    }
}
