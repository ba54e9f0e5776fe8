package io.freshet.flink.train;

import io.freshet.contracts.update.proto.Progress;
import io.freshet.contracts.update.proto.TaskProgress;
import io.freshet.model.batch.Labels;
import io.freshet.model.metric.Metrics;
import io.freshet.model.metric.ProgressiveMetrics;
import java.util.List;

/** How far the training is and how good its predictions were, each made before its example was learnt. One thread. */
final class TrainProgress {
    /** Examples that the metrics of "lately" are over. */
    private static final int WINDOW = 10_000;

    private final List<String> tasks;
    private final ProgressiveMetrics metrics;
    private long steps;

    /**
     * Goes on from a checkpoint.
     *
     * @param steps behind it
     * @param metrics as {@link #metricBytes} gave them; empty for a start from nothing
     */
    TrainProgress(List<String> tasks, long steps, byte[] metrics) {
        this.tasks = tasks;
        this.steps = steps;
        this.metrics = metrics.length == 0
                ? new ProgressiveMetrics(tasks.size(), WINDOW)
                : ProgressiveMetrics.fromBytes(metrics);
    }

    /** A step was made; these were its predictions. */
    void add(float[] logits, Labels labels) {
        metrics.add(logits, labels);
        steps++;
    }

    byte[] metricBytes() {
        return metrics.toBytes();
    }

    /** As version records carry it. */
    Progress toProto() {
        Progress.Builder progress = Progress.newBuilder().setSteps(steps);
        for (int task = 0; task < tasks.size(); task++) {
            Metrics whole = metrics.whole(task);
            progress.setExamples(whole.examples());
            progress.addTasks(TaskProgress.newBuilder()
                    .setTask(tasks.get(task))
                    .setExamples(whole.examples())
                    .setPositives(Math.round(whole.positives()))
                    .setAuc(whole.auc())
                    .setLogLoss(whole.logLoss())
                    .setNormalizedEntropy(whole.normalizedEntropy())
                    .setCalibration(whole.calibration())
                    .setWindowAuc(metrics.window(task).auc()));
        }
        return progress.build();
    }
}
