package io.freshet.flink.publish;

import io.freshet.contracts.update.Tombstones;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One Kafka record on its way to the servers.
 *
 * @param topic full name
 * @param partition where to write it
 * @param key of the record; the topics are compacted by it
 * @param tombstone whether the record is to leave no value behind: {@code value} travels in a header then, see
 *     {@link Tombstones}
 */
public record PublishRecord(String topic, int partition, byte[] key, byte[] value, boolean tombstone) {
    /** A record with a value. */
    public static PublishRecord of(String topic, int partition, byte[] key, byte[] value) {
        return new PublishRecord(topic, partition, key, value, false);
    }

    /** As a producer wants it. */
    public ProducerRecord<byte[], byte[]> toKafka() {
        if (!tombstone) {
            return new ProducerRecord<>(topic, partition, key, value);
        }
        ProducerRecord<byte[], byte[]> gone = new ProducerRecord<>(topic, partition, key, null);
        gone.headers().add(Tombstones.HEADER, value);
        return gone;
    }
}
