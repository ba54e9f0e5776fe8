package io.freshet.flink.train;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.TaskProgress;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.publish.VersionPosition;
import io.freshet.model.metric.ExpertLoad;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What the dashboard shows of the trainer, in the operator's metric group {@code freshet}. Below it, {@code task.NAME}
 * tells how good a task's predictions were before they were learnt from, and {@code experts.LAYER}, if the ranker has
 * mixtures of experts, how evenly the layer uses them: see {@link ExpertLoad}.
 */
final class TrainMetrics {
    private static final int STEPS_REMEMBERED = 1_000;

    private final BatchTrainer trainer;
    private final MeterView examplesPerSecond;
    private final DescriptiveStatisticsHistogram stepMicros = new DescriptiveStatisticsHistogram(STEPS_REMEMBERED);
    private final Counter publishedBytes;
    private long stepBeganNanos;
    private volatile VersionPosition version;

    TrainMetrics(MetricGroup operator, BatchTrainer trainer, Pipeline pipeline) {
        this.trainer = trainer;
        MetricGroup metrics = operator.addGroup("freshet");
        metrics.gauge("trainedExamples", trainer::learntExamples);
        metrics.gauge("steps", trainer::steps);
        metrics.gauge("skippedSteps", () -> trainer.progress().getSkippedSteps());
        metrics.gauge("skippedExamples", () -> trainer.progress().getSkippedExamples());
        examplesPerSecond = metrics.meter("examplesPerSecond", new MeterView(10));
        metrics.histogram("stepMicros", stepMicros);
        metrics.gauge("stalenessMs", trainer::stalenessMs);
        metrics.gauge("publishedVersions", () -> version == null ? 0L : version.sequence());
        publishedBytes = metrics.counter("publishedDenseBytes");
        for (int task = 0; task < pipeline.tasks().size(); task++) {
            MetricGroup ofTask =
                    metrics.addGroup("task", pipeline.tasks().get(task).name());
            gauge(ofTask, "auc", task, TaskProgress::getAuc);
            gauge(ofTask, "windowAuc", task, TaskProgress::getWindowAuc);
            gauge(ofTask, "logLoss", task, TaskProgress::getLogLoss);
            gauge(ofTask, "normalizedEntropy", task, TaskProgress::getNormalizedEntropy);
            gauge(ofTask, "calibration", task, TaskProgress::getCalibration);
            gauge(ofTask, "meanSquaredError", task, TaskProgress::getMeanSquaredError);
        }
        for (int layer = 0; layer < trainer.expertLayers().size(); layer++) {
            MetricGroup ofLayer =
                    metrics.addGroup("experts", trainer.expertLayers().get(layer));
            expertGauge(ofLayer, "busiestShare", layer, ExpertLoad::busiestShare);
            expertGauge(ofLayer, "idle", layer, ExpertLoad::idle);
            expertGauge(ofLayer, "entropy", layer, ExpertLoad::entropy);
        }
    }

    private void expertGauge(MetricGroup group, String name, int layer, ToDoubleFunction<ExpertLoad> value) {
        group.gauge(name, () -> {
            List<ExpertLoad> loads = trainer.experts();
            return loads.isEmpty() ? Double.NaN : value.applyAsDouble(loads.get(layer));
        });
    }

    private void gauge(MetricGroup group, String name, int task, ToDoubleFunction<TaskProgress> value) {
        group.gauge(name, () -> value.applyAsDouble(trainer.progress().getTasks(task)));
    }

    void stepBegins() {
        stepBeganNanos = System.nanoTime();
    }

    void stepEnds(int examples) {
        stepMicros.update((System.nanoTime() - stepBeganNanos) / 1_000);
        examplesPerSecond.markEvent(examples);
    }

    void published(PublishRecord out) {
        publishedBytes.inc(out.key().length + out.value().length);
    }

    void versionCut(VersionPosition newest) {
        version = newest;
    }
}
