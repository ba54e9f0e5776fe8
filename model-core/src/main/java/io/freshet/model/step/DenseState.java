package io.freshet.model.step;

import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.ranker.ModelPlan;

/**
 * All that a trainer has besides rows: a step that is given it back goes on with the same bits. {@link DenseStateCodec}
 * turns it into bytes.
 *
 * @param fingerprint of the plan that it belongs to
 * @param steps batches behind it, those that were skipped included
 * @param skipped batches that changed nothing, since their loss or a gradient was no finite number
 * @param weights the dense vector, priors included; what a server is sent
 * @param positives [tasks] weighted count of positive examples; 0 for a task without prior
 * @param negatives [tasks] weighted count of the others
 */
public record DenseState(
        String fingerprint,
        long steps,
        long skipped,
        float[] weights,
        OptimizerState optimizer,
        double[] positives,
        double[] negatives) {
    /** An untrained ranker. */
    public static DenseState initial(ModelPlan plan, TrainingConfig config) {
        int tasks = plan.tasks().size();
        return new DenseState(
                plan.fingerprint(),
                0,
                0,
                plan.initialDense(config.seed()),
                OptimizerState.initial(config.optimizer(), plan.priorOffset()),
                new double[tasks],
                new double[tasks]);
    }

    /** Bytes for a checkpoint, in the newest format. */
    public byte[] toBytes() {
        return DenseStateCodec.encode(this);
    }

    /**
     * Reads what {@link #toBytes} wrote, in this version or an older one.
     *
     * @throws IllegalArgumentException for bytes of a newer version, or cut or trailing ones
     */
    public static DenseState fromBytes(byte[] bytes) {
        return DenseStateCodec.decode(bytes);
    }
}
