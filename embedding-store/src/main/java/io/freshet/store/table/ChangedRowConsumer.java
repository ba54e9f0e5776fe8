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

    /** One row that was there and is no more. Refuses unless overridden: who ignores it keeps the row for ever. */
    default void gone(int keyGroup, int table, long id) {
        throw new IllegalStateException(
                "Row %d of table number %d is gone, and whoever drains the changed rows does not take that in."
                        .formatted(id, table));
    }
}
