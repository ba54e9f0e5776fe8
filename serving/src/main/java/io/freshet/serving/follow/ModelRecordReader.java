package io.freshet.serving.follow;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.Tombstones;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads what the model topics hold. Threads: any. */
final class ModelRecordReader {
    /** A record that is none of ours; the message says where and why. */
    static final class UnreadableRecordException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableRecordException(ConsumerRecord<byte[], byte[]> record, String why) {
            super("Topic %s, partition %d, offset %d: %s. Only Freshet may write to this topic."
                    .formatted(record.topic(), record.partition(), record.offset(), why));
        }
    }

    private final PipelineTopics topics;

    ModelRecordReader(PipelineTopics topics) {
        this.topics = topics;
    }

    /**
     * Reads one record.
     *
     * @param tail see {@link ModelRecord#tail}
     */
    ModelRecord read(ConsumerRecord<byte[], byte[]> record, boolean tail) throws UnreadableRecordException {
        if (record.key() == null) {
            throw new UnreadableRecordException(record, "a record without key");
        }
        try {
            ModelRecord read = parse(record, tail);
            VersionId version = read.version();
            if (version.getLineage().isEmpty() || version.getCheckpointId() <= 0) {
                throw new UnreadableRecordException(record, "a record without lineage and checkpoint id");
            }
            return read;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new UnreadableRecordException(record, e.getMessage());
        }
    }

    private ModelRecord parse(ConsumerRecord<byte[], byte[]> record, boolean tail)
            throws InvalidProtocolBufferException, UnreadableRecordException {
        if (record.topic().equals(topics.dense())) {
            return new ModelRecord.Chunk(tail, DenseChunk.parseFrom(value(record)));
        }
        if (record.topic().equals(topics.versions())) {
            return new ModelRecord.Version(tail, VersionRecord.parseFrom(value(record)));
        }
        RowRecord value = RowRecord.parseFrom(record.value() == null ? tombstone(record) : record.value());
        if (value.getRow().getTombstone() != (record.value() == null)) {
            throw new UnreadableRecordException(
                    record, record.value() == null ? "no value over a row that is there" : "a tombstone with a value");
        }
        boolean rowKey = RowKey.isRow(record.key());
        if (rowKey && value.hasRow()) {
            RowKey key = RowKey.parse(record.key());
            return new ModelRecord.Row(record.partition(), tail, record.key(), key.table(), key.id(), value.getRow());
        }
        if (!rowKey && value.hasMarker()) {
            return new ModelRecord.Marker(record.partition(), tail, value.getMarker());
        }
        throw new UnreadableRecordException(
                record,
                "the key of a %s over a value of kind %s".formatted(rowKey ? "row" : "marker", value.getKindCase()));
    }

    private static byte[] value(ConsumerRecord<byte[], byte[]> record) throws UnreadableRecordException {
        if (record.value() == null) {
            throw new UnreadableRecordException(record, "a record without value");
        }
        return record.value();
    }

    private static byte[] tombstone(ConsumerRecord<byte[], byte[]> record) throws UnreadableRecordException {
        Header header = record.headers().lastHeader(Tombstones.HEADER);
        if (header == null || header.value() == null) {
            throw new UnreadableRecordException(
                    record, "a record without value and without header " + Tombstones.HEADER);
        }
        return header.value();
    }
}
