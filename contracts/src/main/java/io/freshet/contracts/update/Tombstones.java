package io.freshet.contracts.update;

/**
 * How the rows topic says that a row is gone.
 *
 * <p>The record has the row's key, no value, and its {@code RowRecord} in a header: Kafka's compaction takes a record
 * without value away once every reader has had time to see it, so that forgotten rows do not fill the topic for ever.
 */
public final class Tombstones {
    /** The header that holds the {@code RowRecord}. */
    public static final String HEADER = "freshet-row";

    private Tombstones() {}
}
