package io.freshet.model.step;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.ranker.ModelPlan;
import java.util.List;

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
    /**
     * A ranker before its first step.
     *
     * @throws io.freshet.model.file.WeightFileException if it is to start from a file that is not this ranker's
     */
    public static DenseState initial(ModelPlan plan, TrainingConfig config) {
        StartingPoint start = StartingPoint.of(plan, config);
        return new DenseState(
                plan.fingerprint(),
                0,
                0,
                start.weights(),
                OptimizerState.initial(config.optimizer(), plan.priorOffset()),
                start.positives(),
                start.negatives());
    }

    /**
     * Refuses a file of weights to start from that {@link #initial} would refuse, for who submits a job and does not train
     * itself.
     *
     * @throws io.freshet.model.file.WeightFileException likewise
     */
    public static void requireStart(ModelPlan plan, TrainingConfig config) {
        if (!config.startFrom().isEmpty()) {
            StartingPoint.of(plan, config);
        }
    }

    /**
     * Refuses the state of an optimizer that a step would refuse to go on from, for who submits a job and has not read the
     * state.
     *
     * @param type as {@link #optimizerName} names it
     * @throws IllegalArgumentException likewise
     */
    public static void requireOptimizer(String type, DenseOptimizerConfig config) {
        new OptimizerState(DenseStateCodec.type(type), 0, List.of()).under(config, 0);
    }

    /** What a checkpoint calls an optimizer. */
    public static String optimizerName(DenseOptimizerConfig config) {
        return OptimizerState.word(config.type());
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
