package io.freshet.serving.follow;

/**
 * Why the topics cannot be followed any further.
 *
 * @param detail what, where, which value
 */
public record Refusal(Reason reason, String detail) {
    /** The kinds of refusal; each is a value of the metric's {@code reason} tag. */
    public enum Reason {
        /** A record that cannot be read at all. */
        MALFORMED,
        /** A marker or a version record points to a version that is not there. */
        GAP,
        /** A marker says another number of rows than there are. */
        ROW_COUNT,
        /** Rows, a chunk, or the whole dense vector do not have the checksum they should. */
        CHECKSUM,
        /** A marker, chunk or version record for the second time, or behind a newer one. */
        DUPLICATE,
        /** A row after the marker of its version. */
        STRAY_ROW,
        /** Rows of a version, and then rows or a marker of a later one of the same shard. */
        MISSING_MARKER,
        /** Pieces of one version contradict one another. */
        INCONSISTENT,
        /** More partitions than are being followed. */
        UNKNOWN_PARTITION,
        /** The topic no longer holds the records that come next. */
        TOPIC_TRUNCATED,
        /** The version is of a model of another shape. Reading again does not help. */
        FINGERPRINT,
        /** A row of an unknown table, or of another width. Reading again does not help. */
        SHAPE;

        /** Whether reading the topics again from the start may help. */
        public boolean repairable() {
            return this != FINGERPRINT && this != SHAPE;
        }
    }

    static Refusal of(Reason reason, String format, Object... values) {
        return new Refusal(reason, format.formatted(values));
    }
}
