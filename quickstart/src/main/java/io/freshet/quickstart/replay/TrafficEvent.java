package io.freshet.quickstart.replay;

/**
 * An event on its way to Kafka.
 *
 * @param timeMs when it is due in event time, milliseconds since the epoch; of an event without a readable time that of
 *     the one before it
 * @param value the message as it will be sent
 */
public record TrafficEvent(Kind kind, long timeMs, byte[] value) {
    /** Which topic it goes to. */
    public enum Kind {
        IMPRESSION,
        ACTION
    }
}
