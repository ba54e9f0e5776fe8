package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.VersionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What tests write to and read from Kafka around a job. */
final class KafkaTestTopics {
    private final String bootstrapServers;

    KafkaTestTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Appends the messages to partition 0, in order. */
    void write(String topic, List<byte[]> messages) {
        write(messages.stream()
                .map(message -> new ProducerRecord<byte[], byte[]>(topic, 0, null, message))
                .toList());
    }

    /** Appends the records, in order. */
    void write(Iterable<ProducerRecord<byte[], byte[]>> records) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            records.forEach(producer::send);
        }
    }

    /** The dense weights, in one chunk, of the first committed version that has learnt {@code examples}. */
    DenseChunk awaitDense(Pipeline pipeline, long examples, Duration atMost) throws Exception {
        return dense(
                pipeline,
                awaitVersion(pipeline, atMost, version -> version.getProgress().getExamples() >= examples),
                atMost);
    }

    /** The first committed version, from the oldest on, that is as wanted. */
    VersionRecord awaitVersion(Pipeline pipeline, Duration atMost, Predicate<VersionRecord> wanted) throws Exception {
        VersionRecord[] version = new VersionRecord[1];
        await(PipelineTopics.of(pipeline).versions(), atMost, record -> {
            version[0] = VersionRecord.parseFrom(record.value());
            return wanted.test(version[0]);
        });
        return version[0];
    }

    /** The dense weights, in one chunk, of a version. */
    DenseChunk dense(Pipeline pipeline, VersionRecord version, Duration atMost) throws Exception {
        DenseChunk[] chunk = new DenseChunk[1];
        await(PipelineTopics.of(pipeline).dense(), atMost, record -> {
            chunk[0] = DenseChunk.parseFrom(record.value());
            return chunk[0].getVersion().equals(version.getVersion());
        });
        return chunk[0];
    }

    /** A check that may find a message broken. */
    @FunctionalInterface
    interface Check {
        boolean holds(ConsumerRecord<byte[], byte[]> record) throws Exception;
    }

    /** Reads the committed records of partition 0 from the start until the check holds for one of them. */
    void await(String topic, Duration atMost, Check check) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        TopicPartition partition = new TopicPartition(topic, 0);
        long deadline = System.nanoTime() + atMost.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (check.holds(record)) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("Nothing in topic " + topic + " met the check within " + atMost);
    }
}
