package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.Precision;
import io.freshet.store.replica.Snapshot;
import io.freshet.store.replica.VersionedRows;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/** The rows of one lineage as they are built up: written row by row, and cut into snapshots. */
final class LineageRows {
    private final VersionedRows versions;
    private VersionedRows.Update update;

    LineageRows(Collection<TableSpec> tables) {
        versions = new VersionedRows(List.copyOf(tables));
        update = versions.begin();
    }

    /** Takes a row out. */
    void remove(int table, long id) {
        update.remove(table, id);
    }

    /** Sets the weights of a row, as they were published, from position to limit. */
    void write(int table, long id, Precision precision, ByteBuffer weights) {
        update.put(table, id, weights, precision);
    }

    /** All that has been written so far. */
    Snapshot cut() {
        Snapshot snapshot = update.commit();
        update = versions.begin();
        return snapshot;
    }
}
