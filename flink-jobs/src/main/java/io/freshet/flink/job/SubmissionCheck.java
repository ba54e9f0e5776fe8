package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.state.proto.ModelStamp;
import io.freshet.flink.restore.ModelStamps;
import io.freshet.flink.restore.RestoreRule;
import io.freshet.flink.restore.SavepointStamp;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;

/**
 * Refuses where a job is submitted what its trainer would refuse on some task manager, again and again: a ranker whose
 * sizes do not fit one another, a scripted module or a file of weights that is not there or of another model, a savepoint
 * of rows or dense weights that the pipeline file does not allow to change.
 */
final class SubmissionCheck {
    private SubmissionCheck() {}

    /**
     * Checks a job before anything of it exists.
     *
     * @param flink settings of the job; one that goes on with the dense weights of a savepoint does not read the file of
     *     weights
     * @throws RuntimeException that says what is wrong with which file or key
     */
    static void check(ReadableConfig flink, Pipeline pipeline) {
        ModelPlan plan = ModelPlan.of(pipeline);
        Optional<String> savepoint = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
        if (savepoint.isEmpty() || startsOver(savepoint.get(), pipeline)) {
            DenseState.requireStart(plan, pipeline.training());
        }
    }

    private static boolean startsOver(String savepoint, Pipeline pipeline) {
        ModelStamp now = ModelStamps.of(pipeline);
        Optional<ModelStamp> before = SavepointStamp.read(savepoint);
        before.ifPresent(stamp -> RestoreRule.check(stamp, now, pipeline));
        return before.filter(stamp -> !RestoreRule.isSameModel(stamp, now)).isPresent();
    }
}
