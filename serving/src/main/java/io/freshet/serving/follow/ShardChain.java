package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.serving.follow.Refusal.Reason;
import io.freshet.store.table.TableSpec;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one shard of one lineage wrote to one partition: closed segments by checkpoint id, and one that is open.
 *
 * <pre>
 *   rows of 7 ... marker 7 (previous 6) | rows of 9 ... marker 9 (previous 7) | rows of 10 ...
 *   \________ closed segment 7 _______/   \________ closed segment 9 _______/   \_ open ...
 * </pre>
 */
final class ShardChain {
    /** Closed segments of a prefix that are kept, the newest ones: nothing older than they can go live. */
    static final int KEPT_OF_PREFIX = 64;

    private final String where;
    private final TreeMap<Long, Segment> closed = new TreeMap<>();
    private long newestClosed = -1;
    private Segment open;

    /**
     * A chain without segments.
     *
     * @param where names lineage, shard and partition in refusals
     */
    ShardChain(String where) {
        this.where = where;
    }

    /**
     * Takes a row.
     *
     * @param base gets the row at once if it is of the prefix
     */
    Optional<Refusal> row(ModelRecord.Row row, TableSpec table, LineageRows base) {
        long checkpointId = row.version().getCheckpointId();
        if (checkpointId <= newestClosed) {
            return refuse(Reason.STRAY_ROW, "a row of version %d after the marker of %d", checkpointId, newestClosed);
        }
        Optional<Refusal> unclosed = leaveOpen(checkpointId, row.tail());
        if (unclosed.isPresent()) {
            return unclosed;
        }
        if (open == null) {
            open = new Segment(checkpointId);
        }
        if (row.tail()) {
            open.keep(row, table);
        } else {
            open.count(row);
            replay(row, table, base);
        }
        return Optional.empty();
    }

    private static void replay(ModelRecord.Row row, TableSpec table, LineageRows base) {
        if (row.update().getTombstone()) {
            base.remove(table.index(), row.id());
        } else {
            base.write(
                    table.index(),
                    row.id(),
                    row.update().getPrecision(),
                    row.update().getWeights().asReadOnlyByteBuffer());
        }
    }

    /** Takes a marker. */
    Optional<Refusal> marker(ModelRecord.Marker record) {
        long checkpointId = record.version().getCheckpointId();
        Optional<Refusal> misplaced = checkPlace(record.marker(), record.tail());
        if (misplaced.isPresent()) {
            return misplaced;
        }
        Segment segment = open == null ? new Segment(checkpointId) : open;
        Optional<Refusal> wrong = close(segment, record);
        if (wrong.isPresent()) {
            return wrong;
        }
        closed.put(checkpointId, segment);
        newestClosed = checkpointId;
        open = null;
        if (!record.tail() && closed.size() > KEPT_OF_PREFIX) {
            closed.pollFirstEntry();
        }
        return Optional.empty();
    }

    private Optional<Refusal> checkPlace(ShardMarker marker, boolean tail) {
        long checkpointId = marker.getVersion().getCheckpointId();
        long previous = marker.getPreviousCheckpointId();
        if (checkpointId <= newestClosed) {
            return refuse(Reason.DUPLICATE, "a marker of version %d after that of %d", checkpointId, newestClosed);
        }
        if (previous >= checkpointId) {
            return refuse(Reason.INCONSISTENT, "the marker of version %d continues %d", checkpointId, previous);
        }
        return leaveOpen(checkpointId, tail);
    }

    private Optional<Refusal> close(Segment segment, ModelRecord.Marker record) {
        long checkpointId = segment.checkpointId();
        Segment.Verdict verdict = segment.close(record);
        // Whatever replaces a row of this segment comes after its marker: if that is in the tail, so is the
        // replacement,
        // and compaction of the prefix can have taken nothing, not even of rows that lie in the prefix.
        boolean thinnable = !record.tail();
        if (verdict == Segment.Verdict.CORRUPT) {
            return refuse(Reason.CHECKSUM, "the %d rows of version %d", segment.rows(), checkpointId);
        }
        if (verdict == Segment.Verdict.EXCESS || verdict == Segment.Verdict.THINNED && !thinnable) {
            return refuse(
                    Reason.ROW_COUNT,
                    "version %d has %d rows, its marker says %d",
                    checkpointId,
                    segment.rows(),
                    record.marker().getRows());
        }
        return Optional.empty();
    }

    /**
     * The open segment must not be left behind, unless compaction may have taken its marker. It can only have done so if
     * the shard's next marker is in the prefix as well; then no record of the tail finds the segment open.
     */
    private Optional<Refusal> leaveOpen(long checkpointId, boolean tail) {
        if (open == null || open.checkpointId() == checkpointId) {
            return Optional.empty();
        }
        if (tail || open.checkpointId() > checkpointId) {
            return refuse(
                    Reason.MISSING_MARKER,
                    "%d rows of version %d, and then a record of %d",
                    open.rows(),
                    open.checkpointId(),
                    checkpointId);
        }
        open = null;
        return Optional.empty();
    }

    /** The closed segment of a version, or null. */
    Segment segment(long checkpointId) {
        return closed.get(checkpointId);
    }

    /** Whether nothing is known of what came before this closed segment. */
    boolean isFirst(Segment segment) {
        return closed.firstEntry().getValue() == segment;
    }

    /** Closed segments up to a version, that one included, which have not gone live. */
    Collection<Segment> upTo(long checkpointId) {
        return closed.headMap(checkpointId, true).values();
    }

    /** Rows that wait in closed and open segments. */
    long waitingRows() {
        long sum = open == null ? 0 : open.waitingRows();
        for (Segment segment : closed.values()) {
            sum += segment.waitingRows();
        }
        return sum;
    }

    /** Forgets what has gone live. */
    void forgetUpTo(long checkpointId) {
        upTo(checkpointId).clear();
    }

    private Optional<Refusal> refuse(Reason reason, String format, Object... values) {
        return Optional.of(new Refusal(reason, where + ": " + format.formatted(values)));
    }
}
