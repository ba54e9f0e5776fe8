package io.freshet.flink.train;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.update.proto.Progress;
import io.freshet.contracts.update.proto.TaskProgress;
import io.freshet.model.metric.Metrics;
import io.freshet.model.metric.ProgressiveMetrics;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import java.util.List;

/** How far the training is and how good its predictions were, each made before its example was learnt. One thread. */
final class TrainProgress {
    /** Examples that the metrics of "lately" are over. */
    private static final int WINDOW = 10_000;

    private final List<TaskConfig> tasks;
    private final ProgressiveMetrics metrics;
    private long steps;
    private long skippedSteps;

    /**
     * Goes on from a checkpoint.
     *
     * @param dense the state that the training step goes on from
     * @param metrics as {@link #metricBytes} gave them; empty for a start from nothing
     */
    TrainProgress(List<TaskConfig> tasks, DenseState dense, byte[] metrics) {
        this.tasks = tasks;
        this.steps = dense.steps();
        this.skippedSteps = dense.skipped();
        this.metrics =
                metrics.length == 0 ? new ProgressiveMetrics(tasks, WINDOW) : ProgressiveMetrics.fromBytes(metrics);
    }

    /**
     * A step was made, or skipped.
     *
     * @param weights [B] of its examples
     */
    void add(StepResult result, float[] weights) {
        steps++;
        if (result.fault().isEmpty()) {
            metrics.add(result.logits(), result.targets(), weights);
        } else {
            skippedSteps++;
            metrics.skip(weights.length);
        }
    }

    byte[] metricBytes() {
        return metrics.toBytes();
    }

    /** As version records carry it. */
    Progress toProto() {
        Progress.Builder progress = Progress.newBuilder()
                .setExamples(metrics.examples())
                .setSteps(steps)
                .setSkippedSteps(skippedSteps)
                .setSkippedExamples(metrics.skipped());
        for (int task = 0; task < tasks.size(); task++) {
            Metrics whole = metrics.whole(task);
            progress.addTasks(TaskProgress.newBuilder()
                    .setTask(tasks.get(task).name())
                    .setExamples(whole.examples())
                    .setPositives(Math.round(whole.positives()))
                    .setAuc(whole.auc())
                    .setLogLoss(whole.logLoss())
                    .setNormalizedEntropy(whole.normalizedEntropy())
                    .setCalibration(whole.calibration())
                    .setWindowAuc(metrics.window(task).auc())
                    .setMeanSquaredError(whole.meanSquaredError()));
        }
        return progress.build();
    }
}
