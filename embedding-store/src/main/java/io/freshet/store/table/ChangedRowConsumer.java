package io.freshet.store.table;

/** Sees the rows that {@link RowTables#drainChanged} hands out. */
@FunctionalInterface
public interface ChangedRowConsumer {
    /**
     * One row that has changed.
     *
     * @param weights [width], the row as it is now; reused for the next row of the table, so copy what is kept
     */
    void row(int keyGroup, int table, long id, float[] weights);
}
