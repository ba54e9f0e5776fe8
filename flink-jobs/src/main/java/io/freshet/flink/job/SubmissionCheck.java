package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;

/**
 * Refuses where a job is submitted what its trainer would refuse on some task manager, again and again: a ranker whose
 * sizes do not fit one another, a scripted module or a file of weights that is not there or of another model.
 */
final class SubmissionCheck {
    private SubmissionCheck() {}

    /**
     * Checks a job before anything of it exists.
     *
     * @param flink settings of the job; one that is restored from a savepoint does not read the file of weights
     * @throws RuntimeException that says what is wrong with which file or key
     */
    static void check(ReadableConfig flink, Pipeline pipeline) {
        ModelPlan plan = ModelPlan.of(pipeline);
        boolean restores =
                flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent();
        if (!restores) {
            DenseState.requireStart(plan, pipeline.training());
        }
    }
}
