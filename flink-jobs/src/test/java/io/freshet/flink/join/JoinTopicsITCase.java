package io.freshet.flink.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.sink.CommittedMessages;
import io.freshet.flink.source.EventSources;
import io.freshet.flink.source.TestPipelines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From topic to topic on a real broker: a job that joins, then one that reads what it wrote. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class JoinTopicsITCase {
    private static final int EXAMPLES = 30;
    private static final int POSITIVES = 15;
    /** Of each topic of events, one per subtask: one without a partition would hold event time back until it is idle. */
    private static final int PARTITIONS = 2;

    private interface Wiring {
        void into(StreamExecutionEnvironment job);
    }

    private static JobClient start(Wiring wiring) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment job = StreamExecutionEnvironment.createLocalEnvironment(PARTITIONS, configuration);
        job.enableCheckpointing(200);
        wiring.into(job);
        return job.executeAsync();
    }

    private static void join(StreamExecutionEnvironment job, Pipeline pipeline) {
        SingleOutputStreamOperator<JoinedExample> examples = LabelJoins.join(
                EventSources.impressions(pipeline).in(job),
                EventSources.actions(pipeline).in(job),
                pipeline);
        examples.sinkTo(ExamplesTopic.sink(pipeline)).uid("examples-sink");
        DeadLetters.write(examples, pipeline);
    }

    private static void readExamples(StreamExecutionEnvironment job, Pipeline pipeline) {
        SingleOutputStreamOperator<JoinedExample> examples = ExamplesTopic.read(job, pipeline);
        Sink<JoinedExample> nowhere = new DiscardingSink<>();
        examples.sinkTo(nowhere);
        DeadLetters.write(examples, pipeline);
    }

    private static ProducerRecord<byte[], byte[]> message(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** One negative per partition comes last, far enough ahead for all actions before it, and before any window closes. */
    private static void sendEvents(EmbeddedBroker broker) {
        String impression = "{\"impression_id\":\"i-%d\",\"time_ms\":%d,\"features\":{\"user\":\"u\"}}";
        String action = "{\"impression_id\":\"i-%d\",\"action\":\"%s\",\"time_ms\":%d}";
        try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
            for (int i = 0; i < EXAMPLES - PARTITIONS; i++) {
                producer.send(message("impressions", i % PARTITIONS, impression.formatted(i, 1_000 + i)));
                if (i < POSITIVES) {
                    producer.send(message("actions", i % PARTITIONS, action.formatted(i, "like", 1_100 + i)));
                }
            }
            for (int i = 0; i < PARTITIONS; i++) {
                producer.send(message("impressions", i, impression.formatted(EXAMPLES - PARTITIONS + i, 1_900)));
                producer.send(message("actions", i, action.formatted(EXAMPLES - PARTITIONS + i, "of no task", 1_900)));
            }
            producer.send(message("impressions", 0, "broken"));
            producer.send(new ProducerRecord<>("actions", null));
        }
    }

    private static void drain(JobClient job, Path savepoints) throws Exception {
        job.stopWithSavepoint(true, savepoints.toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void whatIsJoinedAndWhatIsSetAsideAreEachThereOnce(@TempDir Path logs, @TempDir Path savepoints) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(logs)) {
            Pipeline pipeline = TestPipelines.likes(broker.bootstrapServers());
            PipelineTopics topics = PipelineTopics.of(pipeline);
            broker.createTopic("impressions", PARTITIONS);
            broker.createTopic("actions", PARTITIONS);
            broker.createTopic(topics.examples(), 1);
            broker.createTopic(topics.deadLetters(), 1);
            sendEvents(broker);

            JobClient joining = start(job -> join(job, pipeline));
            // Positives come with their checkpoint, while the job runs; negatives when it is drained.
            CommittedMessages.readUntil(broker, topics.examples(), read -> read.size() == POSITIVES);
            CommittedMessages.readUntil(broker, topics.deadLetters(), read -> read.size() == 2);
            drain(joining, savepoints);

            var examples = CommittedMessages.readUntil(broker, topics.examples(), read -> read.size() >= EXAMPLES);
            assertThat(examples).hasSize(EXAMPLES);
            long positives = 0;
            for (var message : examples) {
                positives +=
                        (long) Example.parseFrom(message.value()).getLabels(0).getValue();
            }
            assertThat(positives).isEqualTo(POSITIVES);
            assertThat(transactionsOf(broker)).isNotEmpty().allMatch(id -> id.startsWith("test-likes-"));

            try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
                producer.send(message(topics.examples(), 0, "no example"));
            }
            JobClient reading = start(job -> readExamples(job, pipeline));
            var letters = CommittedMessages.readUntil(broker, topics.deadLetters(), read -> read.size() >= 3);
            reading.cancel().get(60, TimeUnit.SECONDS);

            DeadLetter last = DeadLetter.parseFrom(letters.get(2).value());
            assertThat(last.getReason()).isEqualTo("example_malformed");
            assertThat(last.getTopic()).isEqualTo(topics.examples());
            assertThat(last.getOriginal().toStringUtf8()).isEqualTo("no example");
        }
    }

    private static List<String> transactionsOf(EmbeddedBroker broker) throws Exception {
        try (var admin = broker.admin()) {
            return admin.listTransactions().all().get(30, TimeUnit.SECONDS).stream()
                    .map(listing -> listing.transactionalId())
                    .toList();
        }
    }
}
