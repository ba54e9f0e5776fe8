package io.freshet.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.Tombstones;
import io.freshet.contracts.update.proto.RowRecord;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record of a model topic, as bytes. */
public record LogRecord(Topic topic, int partition, byte[] key, byte[] value) {
    /** The three of them. */
    public enum Topic {
        ROWS,
        DENSE,
        VERSIONS;

        /** Its name among a pipeline's. */
        public String name(PipelineTopics topics) {
            return switch (this) {
                case ROWS -> topics.rows();
                case DENSE -> topics.dense();
                case VERSIONS -> topics.versions();
            };
        }
    }

    /** Names the partition. */
    public String place() {
        return topic + "-" + partition;
    }

    /** Whether it is a row, and no marker. */
    public boolean isRow() {
        return topic == Topic.ROWS && RowKey.isRow(key);
    }

    /** Whether it says that a row is gone; its bytes are in a header then. */
    public boolean isTombstone() {
        try {
            return isRow() && RowRecord.parseFrom(value).getRow().getTombstone();
        } catch (InvalidProtocolBufferException e) {
            return false; // Damaged on purpose.
        }
    }

    /** As a producer wants it. */
    public ProducerRecord<byte[], byte[]> toProduce(PipelineTopics topics) {
        if (!isTombstone()) {
            return new ProducerRecord<>(topic.name(topics), partition, key, value);
        }
        ProducerRecord<byte[], byte[]> gone = new ProducerRecord<>(topic.name(topics), partition, key, null);
        gone.headers().add(Tombstones.HEADER, value);
        return gone;
    }

    /** As a consumer gets it. */
    public ConsumerRecord<byte[], byte[]> consumed(PipelineTopics topics) {
        if (!isTombstone()) {
            return new ConsumerRecord<>(topic.name(topics), partition, 0, key, value);
        }
        ConsumerRecord<byte[], byte[]> gone = new ConsumerRecord<>(topic.name(topics), partition, 0, key, null);
        gone.headers().add(Tombstones.HEADER, value);
        return gone;
    }

    /** Whether compaction keeps only one of the two. */
    public boolean sameKey(LogRecord other) {
        return place().equals(other.place()) && Arrays.equals(key, other.key);
    }

    /** The same with another value. */
    public LogRecord withValue(byte[] other) {
        return new LogRecord(topic, partition, key, other);
    }
}
