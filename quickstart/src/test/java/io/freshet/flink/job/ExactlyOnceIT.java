package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.publish.ModelTopics;
import io.freshet.flink.rows.RowProbe;
import io.freshet.quickstart.cluster.ClusterSettings;
import io.freshet.quickstart.cluster.LocalCluster;
import io.freshet.quickstart.cluster.LocalJob;
import io.freshet.store.table.StoredRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model that survives failures has learnt every example exactly once. */
class ExactlyOnceIT {
    private static final int BATCH = 32;
    private static final int BATCHES = 150;
    /** A few more than fill the last batch: they must wait, as state, and not be learnt early. */
    private static final int EXAMPLES = BATCH * BATCHES + 7;

    private static final int FAILURES = 5;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        System.out.println("ExactlyOnceIT: rerun with -Dfreshet.test.seed=" + SEED);
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aRunThatFailedEndsWithTheSameBitsAsOneThatDidNot() throws Exception {
        Outcome undisturbed = run("undisturbed", 1, 0);
        Outcome disturbed = run("disturbed", 1, FAILURES);

        assertThat(disturbed.rows).isEqualTo(undisturbed.rows);
        assertThat(disturbed.dense).isEqualTo(undisturbed.dense);
        assertTouchesAreExact(undisturbed);
    }

    @Test
    void rowsSpreadOverTwoShardsAreTouchedExactlyOncePerBatch() throws Exception {
        assertTouchesAreExact(run("two-shards", 2, FAILURES));
    }

    /** What a run leaves behind: per table its rows, and the dense weights of the last version. */
    private record Outcome(Pipeline pipeline, List<Map<Long, StoredRow>> rows, List<Byte> dense) {}

    private static void assertTouchesAreExact(Outcome outcome) {
        for (int table = 0; table < outcome.rows.size(); table++) {
            Map<Long, Long> touches = new TreeMap<>();
            outcome.rows.get(table).forEach((id, row) -> touches.put(id, row.touches()));
            assertThat(touches)
                    .as("touches of table %d", table)
                    .isEqualTo(expectedTouches(outcome.pipeline).get(table));
        }
    }

    /** By table: in how many full batches each id occurs. */
    private static List<Map<Long, Long>> expectedTouches(Pipeline pipeline) {
        List<Map<Long, Long>> touches = List.of(new TreeMap<>(), new TreeMap<>());
        for (int batch = 0; batch < BATCHES; batch++) {
            List<Set<Long>> ids = idsOf(pipeline, batch * BATCH, (batch + 1) * BATCH);
            for (int table = 0; table < touches.size(); table++) {
                for (long id : ids.get(table)) {
                    touches.get(table).merge(id, 1L, Long::sum);
                }
            }
        }
        return touches;
    }

    private static List<Set<Long>> idsOf(Pipeline pipeline, int from, int to) {
        return RowIds.of(pipeline, RandomExamples.of(SEED, EXAMPLES).subList(from, to));
    }

    private static Outcome run(String name, int parallelism, int failures) throws Exception {
        Pipeline pipeline = pipeline(name);
        ModelTopics.create(pipeline, (short) 1);
        broker.createTopic(PipelineTopics.of(pipeline).examples(), 1);
        KafkaTestTopics topics = new KafkaTestTopics(broker.bootstrapServers());
        topics.write(PipelineTopics.of(pipeline).examples(), RandomExamples.messages(SEED, EXAMPLES));

        ClusterSettings settings = new ClusterSettings(directory.resolve(name), parallelism, 0, OptionalInt.empty());
        try (LocalCluster cluster = LocalCluster.start(settings)) {
            StreamExecutionEnvironment env = cluster.environment();
            JobSettings.apply(env, pipeline);
            env.configure(restartOften());
            DataStream<JoinedExample> examples = ExamplesTopic.read(env, pipeline)
                    .map(FailingAtRandom.plan(failures, EXAMPLES, new Random(SEED)))
                    .uid("failing");
            TrainStage.add(examples, pipeline);
            LocalJob job = cluster.submit(env, name);

            DenseChunk dense = topics.awaitDense(pipeline, BATCH * BATCHES, PATIENCE);
            assertThat(FailingAtRandom.failuresLeft()).isZero();
            List<Set<Long>> ids = idsOf(pipeline, 0, EXAMPLES);
            List<Map<Long, StoredRow>> rows = new ArrayList<>();
            for (int table = 0; table < ids.size(); table++) {
                rows.add(new HashMap<>(RowProbe.rows(job.id(), parallelism, table, ids.get(table))));
            }
            List<Byte> bytes = new ArrayList<>();
            for (byte b : dense.getWeights().toByteArray()) {
                bytes.add(b);
            }
            return new Outcome(pipeline, rows, bytes);
        }
    }

    private static Configuration restartOften() {
        Configuration restarts = new Configuration();
        restarts.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10 * FAILURES);
        restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        return restarts;
    }

    private static Pipeline pipeline(String name) {
        return RandomExamples.pipeline(name, broker.bootstrapServers(), "item: {dimension: 4}", """
                training: {batch-size: %d, linger: 0s}
                publish:  {every: 200ms}
                """.formatted(BATCH));
    }
}
