package io.freshet.serving.follow;

import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.follow.Refusal.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The dense chunks of one lineage, by version.
 *
 * <p>Each version has all of the vector, so old ones need not be kept: a server that is far behind would otherwise hold
 * one vector for each version in the topic. A version whose chunks were let go never becomes whole; a later one does.
 */
final class DenseStage {
    /** Versions whose chunks are kept, the newest ones. */
    static final int VERSIONS_KEPT = 16;

    private final String lineage;
    private final int floats;
    private final TreeMap<Long, Map<Integer, DenseChunk>> chunks = new TreeMap<>();
    private long newest = -1;

    /** Expects vectors of {@code floats} floats. */
    DenseStage(String lineage, int floats) {
        this.lineage = lineage;
        this.floats = floats;
    }

    Optional<Refusal> chunk(DenseChunk chunk) {
        long checkpointId = chunk.getVersion().getCheckpointId();
        if (checkpointId < newest) {
            return refuse(Reason.DUPLICATE, chunk, "comes after one of version " + newest);
        }
        if (chunk.getIndex() < 0 || chunk.getIndex() >= chunk.getChunks()) {
            return refuse(Reason.INCONSISTENT, chunk, "is none of " + chunk.getChunks());
        }
        if (RowChecksum.of(chunk.getWeights()) != chunk.getChecksum()) {
            return refuse(Reason.CHECKSUM, chunk, "does not have its checksum");
        }
        Map<Integer, DenseChunk> version = chunks.computeIfAbsent(checkpointId, id -> new HashMap<>());
        if (version.put(chunk.getIndex(), chunk) != null) {
            return refuse(Reason.DUPLICATE, chunk, "comes twice");
        }
        newest = checkpointId;
        if (chunks.size() > VERSIONS_KEPT) {
            chunks.pollFirstEntry();
        }
        return Optional.empty();
    }

    /** Whether every chunk of the version is there. */
    boolean complete(VersionRecord record) {
        Map<Integer, DenseChunk> version = chunks.get(record.getVersion().getCheckpointId());
        return version == null ? record.getDenseChunks() == 0 : version.size() == record.getDenseChunks();
    }

    /** What is wrong with a complete version, if anything. */
    Optional<Refusal> check(VersionRecord record) {
        long checkpointId = record.getVersion().getCheckpointId();
        CRC32C crc = new CRC32C();
        long bytes = 0;
        for (int i = 0; i < record.getDenseChunks(); i++) {
            DenseChunk chunk = chunks.get(checkpointId).get(i);
            if (chunk == null || chunk.getChunks() != record.getDenseChunks()) {
                return Optional.of(Refusal.of(
                        Reason.INCONSISTENT,
                        "Lineage %s, version %d: its record says %d dense chunks, chunk %d does not",
                        lineage,
                        checkpointId,
                        record.getDenseChunks(),
                        i));
            }
            crc.update(chunk.getWeights().asReadOnlyByteBuffer());
            bytes += chunk.getWeights().size();
        }
        if ((int) crc.getValue() != record.getDenseChecksum()) {
            return Optional.of(Refusal.of(
                    Reason.CHECKSUM,
                    "Lineage %s, version %d: the dense weights do not have the checksum of the version record",
                    lineage,
                    checkpointId));
        }
        if (bytes != 4L * floats) {
            return Optional.of(Refusal.of(
                    Reason.INCONSISTENT,
                    "Lineage %s, version %d: %d bytes of dense weights, the model has %d floats",
                    lineage,
                    checkpointId,
                    bytes,
                    floats));
        }
        return Optional.empty();
    }

    /** The vector of a complete and checked version. */
    float[] weights(VersionRecord record) {
        float[] weights = new float[floats];
        ByteBuffer bytes = ByteBuffer.allocate(4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, DenseChunk> version = chunks.get(record.getVersion().getCheckpointId());
        for (int i = 0; i < record.getDenseChunks(); i++) {
            version.get(i).getWeights().copyTo(bytes);
        }
        bytes.flip();
        bytes.asFloatBuffer().get(weights);
        return weights;
    }

    void forgetUpTo(long checkpointId) {
        chunks.headMap(checkpointId, true).clear();
    }

    private Optional<Refusal> refuse(Reason reason, DenseChunk chunk, String what) {
        return Optional.of(Refusal.of(
                reason,
                "Lineage %s: dense chunk %d of version %d %s",
                lineage,
                chunk.getIndex(),
                chunk.getVersion().getCheckpointId(),
                what));
    }
}
