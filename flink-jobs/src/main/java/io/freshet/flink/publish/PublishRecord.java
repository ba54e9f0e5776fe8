package io.freshet.flink.publish;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One Kafka record on its way to the servers.
 *
 * @param topic full name
 * @param partition where to write it
 * @param key of the record; the topics are compacted by it
 */
public record PublishRecord(String topic, int partition, byte[] key, byte[] value) {
    /** As a producer wants it. */
    public ProducerRecord<byte[], byte[]> toKafka() {
        return new ProducerRecord<>(topic, partition, key, value);
    }
}
