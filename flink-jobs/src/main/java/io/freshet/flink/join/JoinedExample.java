package io.freshet.flink.join;

/**
 * An example that the join has completed: what the trainer takes in, and the examples topic carries.
 *
 * @param timeMs event time of the impression
 * @param completedAtMs when the event that completed the example was appended to Kafka, milliseconds since the epoch
 * @param example serialized protobuf {@code Example}; also the value on the examples topic
 */
public record JoinedExample(long timeMs, long completedAtMs, byte[] example) {}
