package io.freshet.flink.sink;

import io.freshet.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what has been committed to a topic. */
public final class CommittedMessages {
    private CommittedMessages() {}

    /** Committed messages of a topic's first partition, read until they are enough, for a minute at most. */
    public static List<ConsumerRecord<byte[], byte[]>> readUntil(
            EmbeddedBroker broker, String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!enough.test(read)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(
                            "Topic %s has not got what was waited for, but %d messages".formatted(topic, read.size()));
                }
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
            }
        }
        return read;
    }
}
