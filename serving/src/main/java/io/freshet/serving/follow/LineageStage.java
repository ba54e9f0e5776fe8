package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.RowUpdate;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.follow.Refusal.Reason;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that has been read of one lineage and is not live yet, and the rows of what is.
 *
 * <p>Knows whether a version is whole; which version should go live is the {@link VersionStager}'s business.
 */
final class LineageStage {
    private record Place(int shard, int partition) {}

    private final String lineage;
    private final ModelShape shape;
    private final LineageRows rows;
    private final DenseStage dense;
    private final Map<Place, ShardChain> chains = new HashMap<>();
    private final NavigableMap<Long, Integer> markers = new TreeMap<>();
    private final NavigableMap<Long, VersionRecord> records = new TreeMap<>();
    private long newestRecord = -1;
    private long newestPrefixRecord = -1;
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
        int bytes = ModelShape.bytes(update.getPrecision());
        if (table == null || bytes == 0 || update.getWeights().size() != table.width() * bytes) {
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
        return chain(update.getShard(), row.partition()).row(row, table, rows);
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
        Optional<Refusal> refusal = chain(marker.getShard(), record.partition()).marker(record);
        if (refusal.isEmpty()) {
            markers.merge(marker.getVersion().getCheckpointId(), 1, Integer::sum);
        }
        return refusal;
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
        if (version.tail() && !record.getComplete() && record.getPreviousCheckpointId() != newestRecord) {
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
        if (!version.tail()) {
            newestPrefixRecord = checkpointId;
            if (records.size() > ShardChain.KEPT_OF_PREFIX) {
                records.pollFirstEntry();
            }
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
        long checkpointId = record.getVersion().getCheckpointId();
        if (markers.getOrDefault(checkpointId, 0) < record.getShards() * record.getRowPartitions()) {
            return false;
        }
        return places(record).stream().allMatch(place -> segment(place, checkpointId) != null);
    }

    /** What is wrong with a candidate, if anything; everything that is older must have been read. */
    Optional<Refusal> check(VersionRecord record) {
        long checkpointId = record.getVersion().getCheckpointId();
        for (Place place : places(record)) {
            Segment segment = segment(place, checkpointId);
            if (segment.shards() != record.getShards()) {
                return Optional.of(Refusal.of(
                        Reason.INCONSISTENT,
                        "Lineage %s, version %d: its record says %d shards, the marker of shard %d in partition %d says %d",
                        lineage,
                        checkpointId,
                        record.getShards(),
                        place.shard(),
                        place.partition(),
                        segment.shards()));
            }
            if (!segment.exact()) {
                return Optional.of(Refusal.of(
                        Reason.ROW_COUNT,
                        "Lineage %s, version %d, shard %d, partition %d: %d rows are there, fewer than the marker says, "
                                + "and no newer version can have replaced them",
                        lineage,
                        checkpointId,
                        place.shard(),
                        place.partition(),
                        segment.rows()));
            }
        }
        Optional<Refusal> unlinked = checkLinks(record);
        return unlinked.isPresent() ? unlinked : dense.check(record);
    }

    /** Every shard's segments must lead back to the live version, to a complete one, or into the prefix. */
    private Optional<Refusal> checkLinks(VersionRecord record) {
        for (Place place : places(record)) {
            long at = record.getVersion().getCheckpointId();
            for (Segment segment = segment(place, at); !anchored(segment); segment = segment(place, at)) {
                at = segment.previous();
                if (segment(place, at) == null) {
                    if (beginsAtWholeVersion(segment)) {
                        break;
                    }
                    return Optional.of(Refusal.of(
                            Reason.GAP,
                            "Lineage %s, version %d, shard %d, partition %d: the marker of %d continues version %d, which is "
                                    + "neither there nor live (live is %s)",
                            lineage,
                            record.getVersion().getCheckpointId(),
                            place.shard(),
                            place.partition(),
                            segment.checkpointId(),
                            at,
                            live == null ? "none" : live.getVersion().getCheckpointId()));
                }
            }
        }
        return record.getShards() == shardsBefore(record) || record.getComplete() || startsAtLive(record)
                ? Optional.empty()
                : checkWholePredecessor(record);
    }

    private boolean anchored(Segment segment) {
        return segment.standsAlone()
                || live != null && segment.previous() == live.getVersion().getCheckpointId();
    }

    /** A shard that is new since a rescale begins at the version from which the job was restored. */
    private boolean beginsAtWholeVersion(Segment segment) {
        VersionRecord record = records.get(segment.checkpointId());
        VersionRecord before = record == null ? null : records.get(record.getPreviousCheckpointId());
        return before != null
                && segment.previous() == record.getPreviousCheckpointId()
                && before.getShards() != record.getShards()
                && allMarkers(before)
                && checkLinks(before).isEmpty();
    }

    private int shardsBefore(VersionRecord record) {
        VersionRecord before = records.get(record.getPreviousCheckpointId());
        return before == null ? record.getShards() : before.getShards();
    }

    private boolean startsAtLive(VersionRecord record) {
        return live != null
                && record.getPreviousCheckpointId() == live.getVersion().getCheckpointId();
    }

    /** After a rescale, shards that are gone have rows that only their own, older markers vouch for. */
    private Optional<Refusal> checkWholePredecessor(VersionRecord record) {
        VersionRecord before = records.get(record.getPreviousCheckpointId());
        if (allMarkers(before)) {
            return checkLinks(before);
        }
        return Optional.of(Refusal.of(
                Reason.GAP,
                "Lineage %s: version %d has %d shards and continues version %d of %d shards, some of whose markers are missing",
                lineage,
                record.getVersion().getCheckpointId(),
                record.getShards(),
                before.getVersion().getCheckpointId(),
                before.getShards()));
    }

    /**
     * Applies all rows up to a checked candidate, which becomes the live version of this lineage.
     *
     * @param floor records of later versions than this are reported as covered
     */
    Outcome.Whole goLive(VersionRecord record, long floor) {
        long checkpointId = record.getVersion().getCheckpointId();
        List<Segment> segments = new ArrayList<>();
        chains.values().forEach(chain -> segments.addAll(chain.upTo(checkpointId)));
        segments.sort(Comparator.comparingLong(Segment::checkpointId));
        segments.forEach(segment -> segment.replay(rows));
        List<VersionRecord> covered = List.copyOf(
                        records.headMap(checkpointId, true).values())
                .stream()
                .filter(each -> each.getVersion().getCheckpointId() > floor)
                .toList();
        Outcome.Whole whole = new Outcome.Whole(record, covered, rows.cut(), dense.weights(record));
        chains.values().forEach(chain -> chain.forgetUpTo(checkpointId));
        records.headMap(checkpointId, true).clear();
        markers.headMap(checkpointId, true).clear();
        dense.forgetUpTo(checkpointId);
        live = record;
        return whole;
    }

    /** The newest version of any row of the prefixes, which is in the table whatever goes live; -1 without such a row. */
    long newestPrefixRow() {
        return newestPrefixRow;
    }

    /** The newest version whose record lies in the prefix; -1 without one. */
    long newestPrefixRecord() {
        return newestPrefixRecord;
    }

    /** The live version of this lineage, or null. */
    VersionRecord live() {
        return live;
    }

    /** Rows that wait for their version. */
    long waitingRows() {
        return chains.values().stream().mapToLong(ShardChain::waitingRows).sum();
    }

    private ShardChain chain(int shard, int partition) {
        return chains.computeIfAbsent(
                new Place(shard, partition),
                place -> new ShardChain(
                        "Lineage %s, shard %d, partition %d".formatted(lineage, place.shard(), place.partition())));
    }

    private Segment segment(Place place, long checkpointId) {
        ShardChain chain = chains.get(place);
        return chain == null ? null : chain.segment(checkpointId);
    }

    private static List<Place> places(VersionRecord record) {
        List<Place> places = new ArrayList<>();
        for (int shard = 0; shard < record.getShards(); shard++) {
            for (int partition = 0; partition < record.getRowPartitions(); partition++) {
                places.add(new Place(shard, partition));
            }
        }
        return places;
    }
}
