package io.freshet.flink.publish;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads from Kafka what servers can see. */
final class PublishedVersions {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Versions of a job are written one after the other, so that its newest is among the last records. */
    private static final long RECORDS_LOOKED_AT = 100;

    private PublishedVersions() {}

    /** The newest committed version of a pipeline; empty when its topic is. */
    static Optional<VersionPosition> newest(Pipeline pipeline) {
        Properties properties = new Properties();
        properties.putAll(pipeline.kafka().properties());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, pipeline.kafka().bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        TopicPartition partition =
                new TopicPartition(PipelineTopics.of(pipeline).versions(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            Optional<VersionPosition> newest =
                    lastBetween(consumer, partition, Math.max(begin, end - RECORDS_LOOKED_AT), end);
            return newest.isPresent() ? newest : lastBetween(consumer, partition, begin, end);
        }
    }

    private static Optional<VersionPosition> lastBetween(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long from, long end) {
        Optional<VersionPosition> last = Optional.empty();
        consumer.seek(partition, from);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                last = Optional.of(parse(record));
            }
        }
        return last;
    }

    private static VersionPosition parse(ConsumerRecord<byte[], byte[]> record) {
        try {
            VersionId id = VersionRecord.parseFrom(record.value()).getVersion();
            return new VersionPosition(id.getLineage(), id.getSequence(), id.getCheckpointId());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "Topic %s holds no version record at offset %d: %s. Only Freshet may write to it."
                            .formatted(record.topic(), record.offset(), e.getMessage()),
                    e);
        }
    }
}
