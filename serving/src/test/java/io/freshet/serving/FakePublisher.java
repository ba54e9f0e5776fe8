package io.freshet.serving;

import com.google.protobuf.ByteString;
import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.RowUpdate;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.LogRecord.Topic;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes what the shards and the trainer of one lineage write. Rows have weights that are all the same number; shard and
 * partition of a row follow from its id. Keeps the truth: what a server of each version must hold.
 */
public final class FakePublisher {
    /** What is published, whatever its values. */
    public record Model(String fingerprint, String table, int width, int denseSize) {}

    private static final int CHUNKS = 2;

    private final Model model;
    private final String lineage;
    private final int partitions;
    private int shards;
    private final Map<Long, Float> weights = new TreeMap<>();
    private final Map<Long, Float> changed = new TreeMap<>();
    private final NavigableMap<Long, Set<Long>> sent = new TreeMap<>();
    private final Map<Integer, Long> previousOfShard = new HashMap<>();
    private long previousOfTrainer;
    private long sequence;
    private final Map<Long, Float> published = new TreeMap<>();
    private final Map<Long, Map<Long, Float>> truth = new TreeMap<>();

    public FakePublisher(Model model, String lineage, int shards, int partitions) {
        this.model = model;
        this.lineage = lineage;
        this.shards = shards;
        this.partitions = partitions;
    }

    /** A new lineage that begins with the rows of this one. */
    public FakePublisher fork(String name, int newShards) {
        FakePublisher next = new FakePublisher(model, name, newShards, partitions);
        next.weights.putAll(weights);
        return next;
    }

    public String lineage() {
        return lineage;
    }

    public int shards() {
        return shards;
    }

    /** The weights of a row change; its shard publishes them with its next cut. */
    public FakePublisher learn(long id, float value) {
        weights.put(id, value);
        changed.put(id, value);
        return this;
    }

    /** A row is gone; its shard publishes a tombstone with its next cut. */
    public FakePublisher forget(long id) {
        weights.remove(id);
        changed.put(id, null);
        return this;
    }

    /**
     * The job goes on from its last checkpoint, whose records the topics may lack: what it wrote after {@code base} counts
     * as changed again, and that is what shards and trainer continue.
     */
    public void restore(long base, int newShards) {
        rescale(newShards, base);
        previousOfTrainer = base;
        sent.tailMap(base, false).values().forEach(ids -> ids.forEach(id -> changed.put(id, weights.get(id))));
    }

    /** The job goes on from its last checkpoint with another number of shards. */
    public void rescale(int newShards, long lastCheckpointId) {
        shards = newShards;
        previousOfShard.clear();
        for (int shard = 0; shard < newShards; shard++) {
            previousOfShard.put(shard, lastCheckpointId);
        }
    }

    /** All records of a version: the shards' transactions, one after the other, and the trainer's. */
    public List<LogRecord> cut(long checkpointId) {
        List<LogRecord> records = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            records.addAll(cutShard(shard, checkpointId));
        }
        records.addAll(cutTrainer(checkpointId, checkpointId));
        return records;
    }

    /** What one shard writes for a version. */
    public List<LogRecord> cutShard(int shard, long checkpointId) {
        long previous = previousOfShard.getOrDefault(shard, 0L);
        Map<Long, Float> own = new TreeMap<>(previous == 0 ? weights : Map.of());
        own.putAll(changed);
        own.keySet().removeIf(id -> shard(id) != shard);
        own.forEach((id, value) -> published.compute(id, (same, before) -> value));
        changed.keySet().removeAll(own.keySet());
        sent.computeIfAbsent(checkpointId, each -> new TreeSet<>()).addAll(own.keySet());
        List<LogRecord> records = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            RowChecksum checksum = new RowChecksum();
            for (Map.Entry<Long, Float> row : own.entrySet()) {
                if (partition(row.getKey()) == partition) {
                    LogRecord record = row(shard, partition, checkpointId, row.getKey(), row.getValue());
                    checksum.add(record.key(), weights(row.getValue()));
                    records.add(record);
                }
            }
            records.add(marker(ShardMarker.newBuilder()
                    .setVersion(version(checkpointId))
                    .setPreviousCheckpointId(previous)
                    .setShard(shard)
                    .setShards(shards)
                    .setPartition(partition)
                    .setRows(checksum.rows())
                    .setChecksum(checksum.value())
                    .setComplete(previous == 0)
                    .build()));
        }
        previousOfShard.put(shard, checkpointId);
        return records;
    }

    /**
     * What the trainer writes for a version, which then has everything that was published so far.
     *
     * @param dense what every dense weight is
     */
    public List<LogRecord> cutTrainer(long checkpointId, float dense) {
        return cutTrainer(checkpointId, constant(dense, model.denseSize()));
    }

    /** As above with any dense vector. */
    public List<LogRecord> cutTrainer(long checkpointId, float[] dense) {
        sequence++;
        truth.put(checkpointId, new TreeMap<>(published));
        List<LogRecord> records = new ArrayList<>();
        int half = dense.length / CHUNKS;
        for (int index = 0; index < CHUNKS; index++) {
            int to = index == CHUNKS - 1 ? dense.length : (index + 1) * half;
            ByteString bytes = floats(Arrays.copyOfRange(dense, index * half, to));
            DenseChunk chunk = DenseChunk.newBuilder()
                    .setVersion(version(checkpointId))
                    .setIndex(index)
                    .setChunks(CHUNKS)
                    .setWeights(bytes)
                    .setChecksum(RowChecksum.of(bytes))
                    .build();
            byte[] key = ByteBuffer.allocate(4).putInt(index).array();
            records.add(new LogRecord(Topic.DENSE, 0, key, chunk.toByteArray()));
        }
        VersionRecord record = VersionRecord.newBuilder()
                .setVersion(version(checkpointId))
                .setPreviousCheckpointId(previousOfTrainer)
                .setModelFingerprint(model.fingerprint())
                .setShards(shards)
                .setRowPartitions(partitions)
                .setDenseChunks(CHUNKS)
                .setDenseChecksum(RowChecksum.of(floats(dense)))
                .setCutAtMs(System.currentTimeMillis())
                .setComplete(previousOfTrainer == 0)
                .addCompletions(CompletionBucket.newBuilder()
                        .setStartMs(System.currentTimeMillis())
                        .setExamples(1))
                .build();
        previousOfTrainer = checkpointId;
        byte[] key = lineage.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        records.add(new LogRecord(Topic.VERSIONS, 0, key, record.toByteArray()));
        return records;
    }

    /** Rows that a server of this version must hold. */
    public Map<Long, Float> truth(long checkpointId) {
        return truth.get(checkpointId);
    }

    /** Every id that has ever been published. */
    public Iterable<Long> ids() {
        return published.keySet();
    }

    public int shard(long id) {
        return (int) Math.floorMod(id, (long) shards);
    }

    public int partition(long id) {
        return (int) Math.floorMod(id / 7, (long) partitions);
    }

    /** Those of a row, and none of a tombstone. */
    private ByteString weights(Float value) {
        return value == null ? ByteString.EMPTY : floats(value, model.width());
    }

    private LogRecord row(int shard, int partition, long checkpointId, long id, Float value) {
        RowUpdate update = RowUpdate.newBuilder()
                .setVersion(version(checkpointId))
                .setShard(shard)
                .setPrecision(value == null ? Precision.PRECISION_UNSPECIFIED : Precision.FP32)
                .setTombstone(value == null)
                .setWeights(weights(value))
                .build();
        byte[] bytes = RowRecord.newBuilder().setRow(update).build().toByteArray();
        return new LogRecord(Topic.ROWS, partition, RowKey.ofRow(model.table(), id), bytes);
    }

    /** A marker as a record. */
    public static LogRecord marker(ShardMarker marker) {
        byte[] bytes = RowRecord.newBuilder().setMarker(marker).build().toByteArray();
        return new LogRecord(Topic.ROWS, marker.getPartition(), RowKey.ofMarker(marker.getShard()), bytes);
    }

    private VersionId version(long checkpointId) {
        return VersionId.newBuilder()
                .setLineage(lineage)
                .setSequence(sequence)
                .setCheckpointId(checkpointId)
                .build();
    }

    private static ByteString floats(float value, int count) {
        return floats(constant(value, count));
    }

    private static float[] constant(float value, int count) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private static ByteString floats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return ByteString.copyFrom(bytes.array());
    }
}
