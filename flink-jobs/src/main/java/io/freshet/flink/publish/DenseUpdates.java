package io.freshet.flink.publish;

import com.google.protobuf.ByteString;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.VersionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Cuts the flat dense weights into records that fit Kafka's default message size. */
public final class DenseUpdates {
    /** Half a mebibyte a chunk: well below the default limit of one. */
    static final int FLOATS_PER_CHUNK = 128 * 1024;

    private final String topic;
    private final int floatsPerChunk;

    public DenseUpdates(String topic) {
        this(topic, FLOATS_PER_CHUNK);
    }

    DenseUpdates(String topic, int floatsPerChunk) {
        this.topic = topic;
        this.floatsPerChunk = floatsPerChunk;
    }

    /** All weights of a version as records, and the checksum over the whole. */
    public record Cut(List<PublishRecord> records, int checksum) {}

    /** Cuts a version's weights; a model without dense weights makes no record. */
    public Cut cut(VersionId version, float[] weights) {
        ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(weights);
        CRC32C whole = new CRC32C();
        whole.update(bytes.array());

        int chunks = (weights.length + floatsPerChunk - 1) / floatsPerChunk;
        List<PublishRecord> records = new ArrayList<>(chunks);
        for (int index = 0; index < chunks; index++) {
            int from = index * floatsPerChunk * Float.BYTES;
            int length = Math.min(floatsPerChunk * Float.BYTES, bytes.capacity() - from);
            records.add(chunk(version, index, chunks, ByteString.copyFrom(bytes.array(), from, length)));
        }
        return new Cut(records, (int) whole.getValue());
    }

    private PublishRecord chunk(VersionId version, int index, int chunks, ByteString weights) {
        CRC32C checksum = new CRC32C();
        checksum.update(weights.asReadOnlyByteBuffer());
        byte[] value = DenseChunk.newBuilder()
                .setVersion(version)
                .setIndex(index)
                .setChunks(chunks)
                .setWeights(weights)
                .setChecksum((int) checksum.getValue())
                .build()
                .toByteArray();
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(index).array();
        return PublishRecord.of(topic, 0, key, value);
    }
}
