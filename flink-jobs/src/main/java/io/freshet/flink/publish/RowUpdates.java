package io.freshet.flink.publish;

import com.google.protobuf.ByteString;
import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.RowPartitions;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.RowUpdate;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.store.codec.RoundTripError;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/**
 * One shard's part of one version: its changed rows, then a marker for every partition, which says how many rows went
 * there and what they add up to.
 *
 * <p>Used once, by one thread.
 */
public final class RowUpdates {
    private final Layout layout;
    private final VersionId versionId;
    private final int shard;
    private final Consumer<PublishRecord> out;
    private final long[] rows;
    private final RowChecksum[] checksums;
    private final RoundTripError roundTripError = new RoundTripError();
    private long saturatedWeights;

    /**
     * What is the same for all shards and versions.
     *
     * @param topic the rows topic
     * @param partitions of that topic
     * @param shards how many subtasks own rows
     */
    public record Layout(String topic, int partitions, int shards, int maxParallelism, RowEncoding encoding) {}

    /** Starts a shard's part of {@code version}. */
    public RowUpdates(Layout layout, VersionPosition version, int shard, Consumer<PublishRecord> out) {
        this.layout = layout;
        this.versionId = version.toVersionId();
        this.shard = shard;
        this.out = out;
        this.rows = new long[layout.partitions()];
        this.checksums = new RowChecksum[layout.partitions()];
        for (int partition = 0; partition < layout.partitions(); partition++) {
            checksums[partition] = new RowChecksum();
        }
    }

    /** Writes a row; {@code keyGroup} is the one that owns it. */
    public void row(int keyGroup, TableSpec table, long id, float[] weights) {
        int partition = RowPartitions.of(keyGroup, layout.maxParallelism(), layout.partitions());
        byte[] key = RowKey.ofRow(table.name(), id);
        byte[] bytes = encode(table, weights);
        rows[partition]++;
        checksums[partition].add(key, bytes);
        RowUpdate update = RowUpdate.newBuilder()
                .setVersion(versionId)
                .setShard(shard)
                .setPrecision(layout.encoding().precision())
                .setWeights(ByteString.copyFrom(bytes))
                .build();
        out.accept(PublishRecord.of(layout.topic(), partition, key, value(update)));
    }

    /** Writes that a row is gone; {@code keyGroup} is the one that owned it. */
    public void tombstone(int keyGroup, String table, long id) {
        int partition = RowPartitions.of(keyGroup, layout.maxParallelism(), layout.partitions());
        byte[] key = RowKey.ofRow(table, id);
        rows[partition]++;
        checksums[partition].add(key, ByteString.EMPTY);
        RowUpdate update = RowUpdate.newBuilder()
                .setVersion(versionId)
                .setShard(shard)
                .setTombstone(true)
                .build();
        out.accept(new PublishRecord(layout.topic(), partition, key, value(update), true));
    }

    private static byte[] value(RowUpdate update) {
        return RowRecord.newBuilder().setRow(update).build().toByteArray();
    }

    private byte[] encode(TableSpec table, float[] weights) {
        RowEncoding encoding = layout.encoding();
        byte[] bytes = new byte[encoding.bytes(table.dimension(), table.wide())];
        saturatedWeights += encoding.encode(weights, table.dimension(), bytes);
        float[] decoded = new float[weights.length];
        encoding.decode(bytes, table.dimension(), table.wide(), FloatBuffer.wrap(decoded), 0);
        roundTripError.add(weights, decoded, table.dimension());
        return bytes;
    }

    /**
     * Writes the markers; nothing may follow.
     *
     * @param base the version that these rows continue, see {@link LineageState#base}
     */
    public void close(VersionPosition base) {
        for (int partition = 0; partition < layout.partitions(); partition++) {
            ShardMarker marker = ShardMarker.newBuilder()
                    .setVersion(versionId)
                    .setPreviousCheckpointId(base.checkpointId())
                    .setShard(shard)
                    .setShards(layout.shards())
                    .setPartition(partition)
                    .setRows(rows[partition])
                    .setChecksum(checksums[partition].value())
                    .setComplete(base.isBeforeFirst())
                    .build();
            byte[] value = RowRecord.newBuilder().setMarker(marker).build().toByteArray();
            out.accept(PublishRecord.of(layout.topic(), partition, RowKey.ofMarker(shard), value));
        }
    }

    /** Rows written so far, tombstones included. */
    public long rowsWritten() {
        long written = 0;
        for (long inPartition : rows) {
            written += inPartition;
        }
        return written;
    }

    /** Weights so far that are too large for the precision and were cut to its largest number. */
    public long saturatedWeights() {
        return saturatedWeights;
    }

    /** What the rows written so far have lost to the precision. */
    public RoundTripError roundTripError() {
        return roundTripError;
    }
}
