package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.publish.ModelTopics;
import io.freshet.flink.source.MessyStream;
import io.freshet.flink.source.TestPipelines;
import io.freshet.quickstart.cluster.ClusterSettings;
import io.freshet.quickstart.cluster.JobMetrics;
import io.freshet.quickstart.cluster.LocalCluster;
import io.freshet.quickstart.cluster.LocalJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand messages, as bad as they get: the job goes on, and each is accounted for. */
class MessyStreamIT {
    private static final int MESSAGES = 10_000;
    private static final int PARTITIONS = 2;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    @Test
    void everyMessageHasOneOutcomeAndWhatWasSetAsideIsKeptWithItsReason() throws Exception {
        System.out.println("MessyStreamIT: rerun with -Dfreshet.test.seed=" + SEED);
        MessyStream stream = MessyStream.of(SEED, MESSAGES, PARTITIONS);
        ClusterSettings settings = new ClusterSettings(directory.resolve("flink"), 1, 0, OptionalInt.empty());
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"));
                LocalCluster cluster = LocalCluster.start(settings)) {
            Pipeline pipeline = TestPipelines.likes(broker.bootstrapServers());
            broker.createTopic(pipeline.impressions().topic(), PARTITIONS);
            broker.createTopic(pipeline.actions().topic(), PARTITIONS);
            ModelTopics.create(pipeline, (short) 1);
            StreamExecutionEnvironment env = cluster.environment();
            OnlineJob.build(env, pipeline);
            LocalJob job = cluster.submit(env, pipeline.name());

            KafkaTestTopics topics = new KafkaTestTopics(broker.bootstrapServers());
            for (MessyStream.Wave wave : stream.waves()) {
                topics.write(wave.messages().stream()
                        .map(message -> toKafka(message, pipeline))
                        .toList());
                awaitRead(cluster.metrics(), wave.expected(), job);
            }
            job.drain();

            Map<String, Long> counted = counted(cluster.metrics(), stream.expectedWhenDrained());
            assertThat(counted).as("%s", stream).isEqualTo(stream.expectedWhenDrained());
            assertThat(outcomes(counted, "impression")).isEqualTo(counted.get("impressions") - counted.get("examples"));
            assertThat(outcomes(counted, "action")).isEqualTo(counted.get("actions") - counted.get("joinedActions"));
            assertThat(cluster.metrics().count("trainedExamples")).isEqualTo(counted.get("examples"));
            assertThat(deadLetters(topics, pipeline, counted)).isEqualTo(setAside(counted));
        }
    }

    private static ProducerRecord<byte[], byte[]> toKafka(MessyStream.Message message, Pipeline pipeline) {
        String topic = message.side() == MessyStream.Side.IMPRESSIONS
                ? pipeline.impressions().topic()
                : pipeline.actions().topic();
        return new ProducerRecord<>(topic, message.partition(), null, message.value());
    }

    /** Until the join has read everything sent so far, and the watermark has settled all of it. */
    private static void awaitRead(JobMetrics metrics, Map<String, Long> expected, LocalJob job) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isSettled(metrics, expected)) {
            assertThat(job.isUnderWay()).as("the job goes on").isTrue();
            assertThat(System.nanoTime())
                    .as("in time: %s of %s", counted(metrics, expected), expected)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean isSettled(JobMetrics metrics, Map<String, Long> expected) {
        return metrics.count("impressions") >= expected.get("impressions")
                && metrics.count("actions") >= expected.get("actions")
                && metrics.count("examples") >= expected.get("examples");
    }

    private static Map<String, Long> counted(JobMetrics metrics, Map<String, Long> expected) {
        Map<String, Long> counted = new TreeMap<>();
        expected.keySet().forEach(name -> counted.put(name, metrics.count(name)));
        metrics.counts("dropped.").forEach((reason, count) -> counted.put("dropped." + reason, count));
        return counted;
    }

    private static long outcomes(Map<String, Long> counted, String side) {
        return counted.entrySet().stream()
                .filter(count -> count.getKey().startsWith("dropped." + side))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** What is counted and kept; actions of no task are counted only. */
    private static Map<String, Long> setAside(Map<String, Long> counted) {
        Map<String, Long> expected = new TreeMap<>();
        counted.forEach((name, count) -> {
            if (name.startsWith("dropped.") && !name.endsWith(Reason.ACTION_OF_NO_TASK.key())) {
                expected.put(name.substring("dropped.".length()), count);
            }
        });
        return expected;
    }

    private static Map<String, Long> deadLetters(KafkaTestTopics topics, Pipeline pipeline, Map<String, Long> counted)
            throws Exception {
        long all =
                setAside(counted).values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> byReason = new TreeMap<>();
        long[] read = new long[1];
        topics.await(PipelineTopics.of(pipeline).deadLetters(), PATIENCE, record -> {
            byReason.merge(DeadLetter.parseFrom(record.value()).getReason(), 1L, Long::sum);
            read[0]++;
            return read[0] == all;
        });
        return byReason;
    }
}
