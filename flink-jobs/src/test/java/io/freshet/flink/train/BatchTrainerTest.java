package io.freshet.flink.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.Progress;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.rows.GradientBlock;
import io.freshet.flink.rows.RowReader;
import io.freshet.flink.source.TestPipelines;
import io.freshet.model.metric.ExpertLoad;
import io.freshet.store.durable.TreeMapRows;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTrainerTest {
    private static final int GROUPS = 16;
    private static final int BATCH = 8;

    private Pipeline pipeline = TestPipelines.likes("localhost:1");
    private final List<TableSpec> specs = TableSpec.of(pipeline);
    private final List<float[]> heard = new ArrayList<>();
    private final List<float[]> heardLabels = new ArrayList<>();
    private final List<Long> firstExamples = new ArrayList<>();
    private boolean poisoned; // Whether rows are read with a number that is not finite.

    @AfterEach
    void listenNoMore() {
        PredictionListeners.unregister(pipeline.name());
    }

    @Test
    void everyExampleIsScoredBeforeItIsLearnt() {
        List<float[]> allLiked = predictions(List.of(batch(0, 1), batch(0, 1)));
        List<float[]> noneLiked = predictions(List.of(batch(0, 0), batch(0, 0)));

        assertThat(allLiked.get(0)).as("no label reaches its own prediction").isEqualTo(noneLiked.get(0));
        for (int i = 0; i < BATCH; i++) {
            assertThat(allLiked.get(1)[i])
                    .as("but the next one")
                    .isGreaterThan(allLiked.get(0)[i])
                    .isGreaterThan(noneLiked.get(1)[i]);
        }
    }

    @Test
    void aRestoredTrainerGoesOnWithTheSameBits() {
        RowTables rows = rows();
        byte[] dense;
        byte[] metrics;
        try (BatchTrainer before = open(rows, new byte[0], new byte[0])) {
            learn(before, rows, batch(0, 1));
            dense = before.dense();
            metrics = before.metrics();
            learn(before, rows, batch(1, 0));
            heard.clear();
            firstExamples.clear();
            RowTables sameRows = rows();
            try (BatchTrainer first = open(sameRows, new byte[0], new byte[0])) {
                learn(first, sameRows, batch(0, 1));
            }
            try (BatchTrainer restored = open(sameRows, dense, metrics)) {
                learn(restored, sameRows, batch(1, 0));
                assertThat(restored.weights()).isEqualTo(before.weights());
                assertThat(restored.progressNow()).isEqualTo(before.progressNow());
                assertThat(firstExamples).containsExactly(0L, (long) BATCH);
            }
        }
    }

    @Test
    void stepsAndExamplesAreCountedToTheLast() {
        RowTables rows = rows();
        try (BatchTrainer trainer = open(rows, new byte[0], new byte[0])) {
            learn(trainer, rows, batch(0, 1));
            learn(trainer, rows, batch(1, 0).subList(0, 3));
            assertThat(trainer.learntExamples()).isEqualTo(BATCH + 3);
            assertThat(trainer.steps()).isEqualTo(2);
            assertThat(trainer.drainCompletions())
                    .singleElement()
                    .satisfies(bucket -> assertThat(bucket.getExamples()).isEqualTo(BATCH + 3));
        }
    }

    @Test
    void aBatchThatIsNoFiniteNumberIsSkippedAndCountedAcrossRestarts() {
        RowTables rows = rows();
        byte[] dense;
        byte[] metrics;
        try (BatchTrainer trainer = open(rows, new byte[0], new byte[0])) {
            learn(trainer, rows, batch(0, 1));
            float[] before = trainer.weights();
            poisoned = true;
            assertThat(trainer.train(batch(1, 1))).as("gradients of rows").isEmpty();
            poisoned = false;
            assertThat(trainer.weights()).isEqualTo(before);
            learn(trainer, rows, batch(2, 1));
            assertThat(trainer.weights()).isNotEqualTo(before);
            dense = trainer.dense();
            metrics = trainer.metrics();
        }
        assertThat(firstExamples).containsExactly(0L, (long) BATCH, 2L * BATCH);
        assertThat(heardLabels.get(1)).containsOnly(Float.NaN);
        try (BatchTrainer restored = open(rows, dense, metrics)) {
            Progress progress = restored.progressNow();
            assertThat(progress.getSteps()).isEqualTo(3);
            assertThat(progress.getSkippedSteps()).isEqualTo(1);
            assertThat(progress.getExamples()).isEqualTo(3 * BATCH);
            assertThat(progress.getSkippedExamples()).isEqualTo(BATCH);
            assertThat(progress.getTasks(0).getExamples()).isEqualTo(2 * BATCH);
            assertThat(restored.learntExamples()).isEqualTo(3 * BATCH);
        }
    }

    @Test
    void metricsTellHowEvenlyExpertsAreUsed() {
        pipeline = TestPipelines.likesByExperts();
        RowTables rows = rows();
        Map<String, Gauge<?>> gauges = new HashMap<>();
        try (BatchTrainer trainer = open(rows, new byte[0], new byte[0])) {
            new TrainMetrics(new GaugeGroup("", gauges), trainer, pipeline);
            assertThat(gauges.get("freshet.experts.block.0.mix_ffn.entropy").getValue())
                    .as("before the first step")
                    .isEqualTo(Double.NaN);
            learn(trainer, rows, batch(0, 1));
            assertThat(trainer.experts())
                    .extracting(ExpertLoad::layer)
                    .containsExactlyElementsOf(trainer.expertLayers());
            for (String layer : List.of("block.0.mix_ffn", "block.0.token_ffn")) {
                String prefix = "freshet.experts." + layer;
                // A row has 3 of 7 routed experts, so that a share is a third at most.
                assertThat((Double) gauges.get(prefix + ".busiestShare").getValue())
                        .isBetween(1 / 7.0, 1 / 3.0);
                assertThat((Double) gauges.get(prefix + ".idle").getValue()).isBetween(0.0, 3 * 4.0);
                assertThat((Double) gauges.get(prefix + ".entropy").getValue())
                        .isBetween(Math.log(3) / Math.log(7), 1.0);
            }
        }
    }

    @Test
    void aRankerWithoutExpertsHasNoSuchMetrics() {
        Map<String, Gauge<?>> gauges = new HashMap<>();
        try (BatchTrainer trainer = open(rows(), new byte[0], new byte[0])) {
            new TrainMetrics(new GaugeGroup("", gauges), trainer, pipeline);
        }
        assertThat(gauges).containsKey("freshet.task.like.auc");
        assertThat(gauges.keySet()).noneMatch(name -> name.contains("experts"));
    }

    private List<float[]> predictions(List<List<JoinedExample>> batches) {
        heard.clear();
        RowTables rows = rows();
        try (BatchTrainer trainer = open(rows, new byte[0], new byte[0])) {
            batches.forEach(batch -> learn(trainer, rows, batch));
        }
        return List.copyOf(heard);
    }

    private BatchTrainer open(RowTables rows, byte[] dense, byte[] metrics) {
        PredictionListeners.register(pipeline.name(), (firstExample, predictions, labels, weights) -> {
            firstExamples.add(firstExample);
            heard.add(predictions);
            heardLabels.add(labels.clone());
        });
        RowReader reader = (table, ids, count, out) -> {
            rows.gather(table, ids, 0, count, out);
            if (poisoned && count > 0) {
                out.put(0, Float.NaN);
            }
        };
        return BatchTrainer.open(pipeline, reader, GROUPS, dense, metrics);
    }

    private void learn(BatchTrainer trainer, RowTables rows, List<JoinedExample> batch) {
        for (GradientBlock block : trainer.train(batch)) {
            int at = 0;
            for (TableSpec spec : specs) {
                int from = block.tableStarts()[spec.index()];
                int count = block.tableStarts()[spec.index() + 1] - from;
                rows.apply(spec.index(), block.ids(), from, count, block.gradients(), at, block.timeMs());
                at += count * spec.width();
            }
        }
    }

    private RowTables rows() {
        return new RowTables(specs, new TreeMapRows(), GROUPS, 1_000);
    }

    private static List<JoinedExample> batch(int number, float label) {
        List<JoinedExample> examples = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            Example example = Example.newBuilder()
                    .setImpressionId("i-" + number + "-" + i)
                    .setTimeMs(1_000 + i)
                    .putFeatures(
                            "user",
                            FeatureValue.newBuilder().setText("u" + i % 3).build())
                    .putFeatures("age", FeatureValue.newBuilder().setNumber(i).build())
                    .addLabels(Label.newBuilder().setTask("like").setValue(label))
                    .setWeight(1)
                    .setCompletedAtMs(5_000)
                    .build();
            examples.add(new JoinedExample(example.getTimeMs(), 5_000, example.toByteArray()));
        }
        return examples;
    }

    /** Keeps gauges by their full name. */
    private static final class GaugeGroup extends UnregisteredMetricsGroup {
        private final String path;
        private final Map<String, Gauge<?>> gauges;

        GaugeGroup(String path, Map<String, Gauge<?>> gauges) {
            this.path = path;
            this.gauges = gauges;
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new GaugeGroup(path + name + ".", gauges);
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return addGroup(key).addGroup(value);
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(path + name, gauge);
            return gauge;
        }
    }
}
