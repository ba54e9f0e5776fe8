package io.freshet.serving.follow;

import io.freshet.contracts.pipeline.PipelineTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all partitions of the model topics from their start, and knows which records are of the tail.
 *
 * <p>Nothing is committed, no group is joined: a server that starts reads everything. One thread, except {@link #wakeUp}.
 */
final class ModelTopicsReader implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final List<String> topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private Map<TopicPartition, Long> prefixEnds = Map.of();
    private final Map<TopicPartition, Long> unread = new HashMap<>();

    /** Reads as {@code client} says; see {@link #clientProperties}. */
    ModelTopicsReader(PipelineTopics topics, Properties client) {
        this(List.of(topics.versions(), topics.dense(), topics.rows()), client);
    }

    /** Reads only some topics. */
    ModelTopicsReader(List<String> topics, Properties client) {
        this.topics = topics;
        this.consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What the reader needs of its Kafka client, whatever else is wanted. */
    static Properties clientProperties(String bootstrapServers, Map<String, String> extra) {
        Properties client = new Properties();
        client.putAll(extra);
        client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        // A position that is gone must not silently become another one: what lies between would be missed.
        client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        client.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "50");
        client.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        client.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-server");
        return client;
    }

    /**
     * Takes its place at the start of every partition, and notes where the prefixes end.
     *
     * @return the topic that is missing, if one is: try again later
     */
    Optional<String> seekToStart() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = consumer.partitionsFor(topic, ANSWER_WITHIN);
            if (found == null || found.isEmpty()) {
                return Optional.of(topic);
            }
            found.forEach(each -> partitions.add(new TopicPartition(each.topic(), each.partition())));
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, ANSWER_WITHIN);
        starts.forEach(consumer::seek);
        prefixEnds = consumer.endOffsets(partitions, ANSWER_WITHIN);
        unread.clear();
        prefixEnds.forEach((partition, end) -> {
            if (end > starts.get(partition)) {
                unread.put(partition, end);
            }
        });
        return Optional.empty();
    }

    /** How many partitions a topic has. */
    long partitions(String topic) {
        return prefixEnds.keySet().stream()
                .filter(each -> each.topic().equals(topic))
                .count();
    }

    /** The next records, or none after {@code timeout}. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    boolean inTail(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() >= prefixEnds.get(new TopicPartition(record.topic(), record.partition()));
    }

    /** Whether everything up to the ends that were noted has been polled. */
    boolean prefixesRead() {
        // Positions, not records: the last offsets of a partition may be those of transaction markers.
        unread.entrySet().removeIf(entry -> consumer.position(entry.getKey(), ANSWER_WITHIN) >= entry.getValue());
        return unread.isEmpty();
    }

    /** Makes a poll that is under way, or the next one, throw WakeupException. Threads: any. */
    void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
