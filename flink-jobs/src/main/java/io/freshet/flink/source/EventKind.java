package io.freshet.flink.source;

import io.freshet.flink.deadletter.Reason;

/** What a topic holds, and what its unusable messages are called. */
public enum EventKind {
    IMPRESSION("impressions", SourceEvent.IMPRESSION, Reason.IMPRESSION_MALFORMED, Reason.IMPRESSION_FROM_FUTURE),
    ACTION("actions", SourceEvent.ACTION, Reason.ACTION_MALFORMED, Reason.ACTION_FROM_FUTURE),
    EXAMPLE("examples", SourceEvent.EXAMPLE, Reason.EXAMPLE_MALFORMED, Reason.EXAMPLE_MALFORMED);

    private final String plural;
    private final byte code;
    private final Reason malformed;
    private final Reason fromFuture;

    EventKind(String plural, byte code, Reason malformed, Reason fromFuture) {
        this.plural = plural;
        this.code = code;
        this.malformed = malformed;
        this.fromFuture = fromFuture;
    }

    /** Name of the source in jobs. */
    public String plural() {
        return plural;
    }

    /** {@link SourceEvent#kind()} of good ones. */
    byte code() {
        return code;
    }

    /** Reason of those that cannot be read. */
    Reason malformed() {
        return malformed;
    }

    /** Reason of those whose time is too far ahead. */
    Reason fromFuture() {
        return fromFuture;
    }
}
