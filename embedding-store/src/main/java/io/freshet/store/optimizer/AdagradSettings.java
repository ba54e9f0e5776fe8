package io.freshet.store.optimizer;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import java.util.Arrays;

/**
 * What both kinds of Adagrad are told, in the floats that they count in.
 *
 * @param initialAccumulator what every sum of squares starts at
 * @param epsilon added to the root of a sum
 */
record AdagradSettings(float learningRate, float initialAccumulator, float epsilon) {
    static AdagradSettings of(RowOptimizerConfig config) {
        return new AdagradSettings(
                (float) config.learningRate(), (float) config.initialAccumulator(), (float) config.epsilon());
    }

    /** Writes the sums of a new row. */
    void initialise(float[] state, int at, int count) {
        Arrays.fill(state, at, at + count, initialAccumulator);
    }
}
