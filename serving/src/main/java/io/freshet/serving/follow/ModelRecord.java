package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.RowUpdate;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;

/** A record of one of the model topics. */
public sealed interface ModelRecord {
    /** Which version it belongs to. */
    VersionId version();

    /** Whether it lies behind the end offset that was captured when reading began. */
    boolean tail();

    /**
     * A row.
     *
     * @param partition of the rows topic
     * @param key of the record, as written; the checksum covers it
     */
    record Row(int partition, boolean tail, byte[] key, String table, long id, RowUpdate update)
            implements ModelRecord {
        @Override
        public VersionId version() {
            return update.getVersion();
        }
    }

    /**
     * The marker that closes a shard's part of a version in one partition.
     *
     * @param partition of the rows topic that it was read from
     */
    record Marker(int partition, boolean tail, ShardMarker marker) implements ModelRecord {
        @Override
        public VersionId version() {
            return marker.getVersion();
        }
    }

    /** A slice of the dense weights. */
    record Chunk(boolean tail, DenseChunk chunk) implements ModelRecord {
        @Override
        public VersionId version() {
            return chunk.getVersion();
        }
    }

    /** The record of a version. */
    record Version(boolean tail, VersionRecord record) implements ModelRecord {
        @Override
        public VersionId version() {
            return record.getVersion();
        }
    }
}
