package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the rows of a table learn.
 *
 * @param initialAccumulator what Adagrad's sum of squared gradients starts at
 */
public record RowOptimizerConfig(Type type, double learningRate, double initialAccumulator) implements Serializable {
    /** Which rule. */
    public enum Type {
        ADAGRAD
    }
}
