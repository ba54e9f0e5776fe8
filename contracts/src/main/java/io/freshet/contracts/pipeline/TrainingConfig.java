package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How the trainer steps.
 *
 * @param batchSize examples of a full batch
 * @param linger an unfull batch is trained after so long; zero to wait for a full one for ever
 * @param device auto, cpu or cuda:N
 * @param threads intra-op threads of the engine
 * @param seed of every random initial value
 */
public record TrainingConfig(
        int batchSize, Duration linger, String device, int threads, DenseOptimizerConfig optimizer, long seed)
        implements Serializable {
    /** How the dense weights learn. */
    public record DenseOptimizerConfig(Type type, double learningRate, double initialAccumulator)
            implements Serializable {
        /** Which rule. */
        public enum Type {
            ADAGRAD
        }
    }
}
