package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.publish.ModelTopics;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.serving.follow.ModelShape;
import io.freshet.serving.follow.Outcome;
import io.freshet.serving.follow.TopicFollower;
import io.freshet.store.replica.Snapshot;
import io.freshet.store.table.TableSpec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A version whose checkpoint is complete and whose transaction Kafka aborts, as it does when the job stays away for longer
 * than the broker lets a transaction live. Its rows reach the servers with the next version.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class AbortedVersionIT {
    private static final int BATCH = 32;

    /** So many examples are learnt for each of three versions, in whole batches. */
    private static final int EXAMPLES = 20 * BATCH;

    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final long PATIENCE_S = 120;

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;

    @BeforeEach
    void start() {
        System.out.println("AbortedVersionIT: rerun with -Dfreshet.test.seed=" + SEED);
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void rowsOfAnAbortedVersionComeWithTheNextOne() throws Exception {
        Job calm = new Job("calm");
        calm.run(null, 3 * EXAMPLES, true);

        Job hit = new Job("hit");
        String first = hit.run(null, EXAMPLES, true);
        String second = hit.run(first, 2 * EXAMPLES, false);
        hit.abortTransactions();
        hit.run(second, 3 * EXAMPLES, true);

        List<Long> arrived = hit.committedVersions();
        assertThat(LongStream.rangeClosed(1, Collections.max(arrived)).filter(number -> !arrived.contains(number)))
                .as("versions that never arrived, beside %s", arrived)
                .hasSize(1);
        assertSameRows(hit, calm);
    }

    private static void assertSameRows(Job one, Job other) throws Exception {
        Snapshot rows = one.served().rows();
        Snapshot expected = other.served().rows();
        assertThat(rows.rows()).isEqualTo(expected.rows()).isPositive();
        List<Set<Long>> ids = RowIds.of(one.pipeline, RandomExamples.of(SEED, 3 * EXAMPLES));
        for (TableSpec spec : TableSpec.of(one.pipeline)) {
            assertThat(rows.rows(spec.index())).isEqualTo(expected.rows(spec.index()));
            for (long id : ids.get(spec.index())) {
                assertThat(weights(rows, spec, id)).containsExactly(weights(expected, spec, id));
            }
        }
    }

    private static float[] weights(Snapshot rows, TableSpec spec, long id) {
        FloatBuffer out = FloatBuffer.allocate(spec.width());
        rows.gather(spec.index(), new long[] {id}, 0, 1, out);
        return out.array();
    }

    /** A training job of a pipeline of its own, and a server that follows it. */
    private final class Job {
        private final Pipeline pipeline;
        private final KafkaTestTopics topics = new KafkaTestTopics(broker.bootstrapServers());
        private int written;

        Job(String name) throws Exception {
            pipeline = pipeline(name, broker.bootstrapServers());
            ModelTopics.create(pipeline, (short) 1);
            broker.createTopic(PipelineTopics.of(pipeline).examples(), 1);
        }

        /**
         * Goes on from a savepoint, learns until so many examples are learnt in all, and takes a savepoint. The version that
         * is cut with it arrives if the job is stopped properly; else it waits in a transaction for a later checkpoint.
         */
        String run(String savepoint, int examples, boolean properly) throws Exception {
            topics.write(
                    PipelineTopics.of(pipeline).examples(),
                    RandomExamples.messages(SEED, examples).subList(written, examples));
            Counting.SEEN.set(written);
            written = examples;
            StreamExecutionEnvironment environment =
                    StreamExecutionEnvironment.createLocalEnvironment(1, configuration(savepoint));
            JobSettings.apply(environment, pipeline);
            TrainStage.add(
                    ExamplesTopic.read(environment, pipeline)
                            .map(new Counting())
                            .uid("counting"),
                    pipeline);
            JobClient job = environment.executeAsync();
            await(examples);
            String folder = directory.resolve("savepoints").toUri().toString();
            if (properly) {
                return job.stopWithSavepoint(false, folder, SavepointFormatType.CANONICAL)
                        .get(PATIENCE_S, TimeUnit.SECONDS);
            }
            String made =
                    job.triggerSavepoint(folder, SavepointFormatType.CANONICAL).get(PATIENCE_S, TimeUnit.SECONDS);
            job.cancel().get(PATIENCE_S, TimeUnit.SECONDS);
            return made;
        }

        private static void await(int examples) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
            while (Counting.SEEN.get() < examples) {
                assertThat(System.nanoTime())
                        .as("%s of %s examples were seen in time", Counting.SEEN, examples)
                        .isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        /** What the broker does when a transaction is too old. */
        void abortTransactions() throws Exception {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                List<String> open = admin.listTransactions().all().get().stream()
                        .filter(transaction -> transaction.state() == TransactionState.ONGOING)
                        .map(TransactionListing::transactionalId)
                        .filter(id -> id.startsWith(pipeline.name() + "-"))
                        .toList();
                assertThat(open).as("open transactions").isNotEmpty();
                admin.fenceProducers(open).all().get();
            }
        }

        /** The newest version of a server that reads the topics from their start. */
        Outcome.Whole served() throws Exception {
            LinkedBlockingQueue<Outcome.Whole> versions = new LinkedBlockingQueue<>();
            TopicFollower follower = new TopicFollower(
                    new TopicFollower.Source(PipelineTopics.of(pipeline), broker.bootstrapServers(), Map.of()),
                    ModelShape.of(pipeline, ModelPlan.of(pipeline)),
                    versions::add,
                    new SimpleMeterRegistry());
            try (follower) {
                follower.start();
                Outcome.Whole newest;
                do {
                    newest = versions.poll(PATIENCE_S, TimeUnit.SECONDS);
                    assertThat(newest).as("a version with all examples").isNotNull();
                } while (newest.record().getProgress().getExamples() < written);
                return newest;
            }
        }

        /** The numbers of the versions in the topic, up to the one with all examples. */
        List<Long> committedVersions() throws Exception {
            List<Long> versions = new ArrayList<>();
            topics.await(PipelineTopics.of(pipeline).versions(), Duration.ofSeconds(PATIENCE_S), message -> {
                VersionRecord record = VersionRecord.parseFrom(message.value());
                versions.add(record.getVersion().getSequence());
                return record.getProgress().getExamples() == written;
            });
            return versions;
        }
    }

    private static Configuration configuration(String savepoint) {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return configuration;
    }

    /** Counts examples on their way to the trainer, which is in the same task and has them when the count goes up. */
    private static final class Counting implements MapFunction<JoinedExample, JoinedExample> {
        private static final long serialVersionUID = 1L;
        private static final AtomicLong SEEN = new AtomicLong();

        @Override
        public JoinedExample map(JoinedExample example) {
            SEEN.incrementAndGet();
            return example;
        }
    }

    /** But for one at the start of a job, no checkpoint comes by itself. */
    private static Pipeline pipeline(String name, String bootstrapServers) {
        return RandomExamples.pipeline(name, bootstrapServers, "item: {dimension: 4}", """
                training: {batch-size: %d, linger: 0s}
                publish:  {every: 1h}
                """.formatted(BATCH));
    }
}
