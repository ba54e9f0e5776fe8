package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.RowUpdate;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.follow.Refusal.Reason;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All that has been read of one lineage and is not live yet, and the rows of what is.
 *
 * <p>Knows whether a version is whole; which version should go live is the {@link VersionStager}'s business.
 */
final class LineageStage {
    private final String lineage;
    private final ModelShape shape;
    private final LineageRows rows;
    private final DenseStage dense;
    private final Map<Integer, PartitionStage> partitions = new TreeMap<>();
    private final NavigableMap<Long, VersionRecord> records = new TreeMap<>();
    private long newestRecord = -1;
    private long newestPrefixRow = -1;
    private VersionRecord live;

    /** A stage that has read nothing. */
    LineageStage(String lineage, ModelShape shape) {
        this.lineage = lineage;
        this.shape = shape;
        this.rows = new LineageRows(shape.tables().values());
        this.dense = new DenseStage(lineage, shape.denseSize());
    }

    Optional<Refusal> row(ModelRecord.Row row) {
        RowUpdate update = row.update();
        TableSpec table = shape.tables().get(row.table());
        if (table == null || !isRowOf(table, update)) {
            return Optional.of(Refusal.of(
                    Reason.SHAPE,
                    "Lineage %s, version %d, shard %d, partition %d: row %d of table '%s' has %d bytes in %s, expected %s",
                    lineage,
                    row.version().getCheckpointId(),
                    update.getShard(),
                    row.partition(),
                    row.id(),
                    row.table(),
                    update.getWeights().size(),
                    update.getPrecision(),
                    table == null ? "one of tables " + shape.tables().keySet() : table.width() + " floats"));
        }
        if (!row.tail()) {
            newestPrefixRow = Math.max(newestPrefixRow, row.version().getCheckpointId());
        }
        return partition(row.partition()).chain(update.getShard(), row).row(row, table, rows);
    }

    private static boolean isRowOf(TableSpec table, RowUpdate update) {
        if (update.getTombstone()) {
            return update.getWeights().isEmpty();
        }
        return ModelShape.fits(table, update.getPrecision(), update.getWeights().size());
    }

    Optional<Refusal> marker(ModelRecord.Marker record) {
        ShardMarker marker = record.marker();
        if (marker.getPartition() != record.partition()
                || marker.getShard() < 0
                || marker.getShard() >= marker.getShards()) {
            return Optional.of(Refusal.of(
                    Reason.INCONSISTENT,
                    "Lineage %s: partition %d holds a marker of partition %d, shard %d of %d",
                    lineage,
                    record.partition(),
                    marker.getPartition(),
                    marker.getShard(),
                    marker.getShards()));
        }
        return partition(record.partition()).chain(marker.getShard(), record).marker(record);
    }

    Optional<Refusal> chunk(ModelRecord.Chunk record) {
        return dense.chunk(record.chunk());
    }

    Optional<Refusal> version(ModelRecord.Version version) {
        VersionRecord record = version.record();
        long checkpointId = record.getVersion().getCheckpointId();
        if (!record.getModelFingerprint().equals(shape.fingerprint())) {
            return Optional.of(Refusal.of(
                    Reason.FINGERPRINT,
                    "Lineage %s, version %d is of a model with fingerprint %s, this server's has %s: start it with the "
                            + "trainer's pipeline file",
                    lineage,
                    checkpointId,
                    record.getModelFingerprint(),
                    shape.fingerprint()));
        }
        if (checkpointId <= newestRecord) {
            return Optional.of(Refusal.of(
                    Reason.DUPLICATE,
                    "Lineage %s: the record of version %d comes after that of %d",
                    lineage,
                    checkpointId,
                    newestRecord));
        }
        if (!record.getComplete() && record.getPreviousCheckpointId() >= checkpointId) {
            return Optional.of(Refusal.of(
                    Reason.INCONSISTENT,
                    "Lineage %s: version %d continues %d",
                    lineage,
                    checkpointId,
                    record.getPreviousCheckpointId()));
        }
        if (version.tail() && !record.getComplete() && record.getPreviousCheckpointId() > newestRecord) {
            return Optional.of(Refusal.of(
                    Reason.GAP,
                    "Lineage %s: version %d continues %d, but the record before it is of %d",
                    lineage,
                    checkpointId,
                    record.getPreviousCheckpointId(),
                    newestRecord));
        }
        newestRecord = checkpointId;
        records.put(checkpointId, record);
        if (!version.tail() && records.size() > ShardChain.KEPT_OF_PREFIX) {
            records.pollFirstEntry();
        }
        return Optional.empty();
    }

    /** Records of versions that are not live yet and have all their pieces, oldest first. */
    List<VersionRecord> candidates() {
        List<VersionRecord> found = new ArrayList<>();
        for (VersionRecord record : records.values()) {
            if (dense.complete(record) && allMarkers(record)) {
                found.add(record);
            }
        }
        return found;
    }

    private boolean allMarkers(VersionRecord record) {
        for (int partition = 0; partition < record.getRowPartitions(); partition++) {
            PartitionStage stage = partitions.get(partition);
            if (stage == null || !stage.complete(record.getVersion().getCheckpointId(), record.getShards())) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with a candidate, if anything; everything that is older must have been read. */
    Optional<Refusal> check(VersionRecord record) {
        for (int partition = 0; partition < record.getRowPartitions(); partition++) {
            Optional<Refusal> refusal =
                    partitions.get(partition).check(record.getVersion().getCheckpointId(), record.getShards());
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return dense.check(record);
    }

    /**
     * Applies all rows up to a checked candidate, which becomes the live version of this lineage.
     *
     * @param covers which records are reported as covered
     */
    Outcome.Whole goLive(VersionRecord record, Predicate<VersionRecord> covers) {
        long checkpointId = record.getVersion().getCheckpointId();
        List<Segment> segments = new ArrayList<>();
        partitions.values().forEach(stage -> stage.collectUpTo(checkpointId, segments));
        segments.sort(Comparator.comparingLong(Segment::checkpointId));
        segments.forEach(segment -> segment.replay(rows));
        List<VersionRecord> covered = records.headMap(checkpointId, true).values().stream()
                .filter(covers)
                .toList();
        Outcome.Whole whole = new Outcome.Whole(record, covered, rows.cut(), dense.weights(record));
        partitions.values().forEach(stage -> stage.wentLive(checkpointId));
        records.headMap(checkpointId, true).clear();
        dense.forgetUpTo(checkpointId);
        live = record;
        return whole;
    }

    /** The newest version of any row of the prefixes, which is in the table whatever goes live; -1 without such a row. */
    long newestPrefixRow() {
        return newestPrefixRow;
    }

    /** The live version of this lineage, or null. */
    VersionRecord live() {
        return live;
    }

    /** Rows that wait for their version. */
    long waitingRows() {
        return partitions.values().stream()
                .mapToLong(PartitionStage::waitingRows)
                .sum();
    }

    private PartitionStage partition(int number) {
        return partitions.computeIfAbsent(
                number, each -> new PartitionStage("Lineage %s, partition %d".formatted(lineage, each)));
    }
}
