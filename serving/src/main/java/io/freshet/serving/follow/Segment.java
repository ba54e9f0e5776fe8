package io.freshet.serving.follow;

import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.store.table.TableSpec;

/**
 * What one shard wrote to one partition for one version: rows, and the marker that closes them.
 *
 * <p>Rows of the prefix are in the lineage's table already and only counted here; rows of the tail wait here.
 */
final class Segment {
    /** How the rows compare with the marker. */
    enum Verdict {
        /** As many rows as the marker says, with its checksum. */
        EXACT,
        /** Fewer rows. */
        THINNED,
        /** More rows. */
        EXCESS,
        /** As many rows, with another checksum. */
        CORRUPT
    }

    private final long checkpointId;
    private final RowChecksum checksum = new RowChecksum();
    private final RowBuffer waiting = new RowBuffer();
    private long waitingRows;
    private ShardMarker marker;
    private boolean markerInTail;
    private Verdict verdict;

    Segment(long checkpointId) {
        this.checkpointId = checkpointId;
    }

    /** Counts a row that is in the table already. */
    void count(ModelRecord.Row row) {
        checksum.add(row.key(), row.update().getWeights());
    }

    /** Counts a row and keeps it. */
    void keep(ModelRecord.Row row, TableSpec table) {
        count(row);
        waitingRows++;
        if (row.update().getTombstone()) {
            waiting.addTombstone(table.index(), row.id());
        } else {
            waiting.add(
                    table.index(),
                    row.id(),
                    row.update().getPrecision(),
                    row.update().getWeights());
        }
    }

    /** Closes the segment. */
    Verdict close(ModelRecord.Marker closing) {
        marker = closing.marker();
        markerInTail = closing.tail();
        if (rows() == marker.getRows()) {
            verdict = checksum.value() == marker.getChecksum() ? Verdict.EXACT : Verdict.CORRUPT;
        } else {
            verdict = rows() < marker.getRows() ? Verdict.THINNED : Verdict.EXCESS;
        }
        return verdict;
    }

    long checkpointId() {
        return checkpointId;
    }

    long rows() {
        return checksum.rows();
    }

    /** Rows that wait here for their version to go live. */
    long waitingRows() {
        return waitingRows;
    }

    long previous() {
        return marker.getPreviousCheckpointId();
    }

    int shards() {
        return marker.getShards();
    }

    /** Whether it needs no segment before it, wherever it is. */
    boolean standsAlone() {
        return marker.getComplete() || !markerInTail;
    }

    boolean exact() {
        return verdict == Verdict.EXACT;
    }

    void replay(LineageRows out) {
        waiting.replay(out);
    }
}
