package io.freshet.store.replica;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

/**
 * All rows as of one version. It never changes, and is there as long as someone holds it, whatever the writer does.
 *
 * <p>Threads: any number, and a snapshot may be handed from thread to thread in any way.
 */
public final class Snapshot {
    private final TableVersion[] tables;

    Snapshot(List<TableVersion> tables) {
        this.tables = tables.toArray(TableVersion[]::new);
    }

    /**
     * Reads weights, decoded to floats; a row that this version lacks comes with its initial values.
     *
     * @param ids rows {@code ids[from .. from + count)}, repetitions allowed
     * @param out gets [count, width] floats from its position on, which moves behind them
     * @throws IllegalArgumentException when {@code out} has too little room
     */
    public void gather(int table, long[] ids, int from, int count, FloatBuffer out) {
        TableVersion version = tables[table];
        Objects.checkFromIndexSize(from, count, ids.length);
        if (out.remaining() < (long) count * version.spec().width()) {
            throw new IllegalArgumentException(
                    "Table '%s': %d rows of %d floats do not fit into a buffer with room for %d floats."
                            .formatted(
                                    version.spec().name(), count, version.spec().width(), out.remaining()));
        }
        version.gather(ids, from, count, out);
    }

    /** Whether this version has the row, rather than only its initial values. */
    public boolean contains(int table, long id) {
        return tables[table].row(id) != null;
    }

    /** Rows of a table that this version has. */
    public int rows(int table) {
        return tables[table].rows();
    }

    /** Rows of all tables that this version has. */
    public long rows() {
        long rows = 0;
        for (TableVersion table : tables) {
            rows += table.rows();
        }
        return rows;
    }

    TableVersion table(int table) {
        return tables[table];
    }
}
