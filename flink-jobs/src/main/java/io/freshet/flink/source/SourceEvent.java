package io.freshet.flink.source;

import com.google.protobuf.ByteString;
import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.flink.deadletter.Reason;

/**
 * One message of an event topic, read: a good event, or a malformed one with what is wrong with it.
 *
 * @param kind {@link #IMPRESSION}, {@link #ACTION}, {@link #EXAMPLE} or {@link #MALFORMED}
 * @param impressionId empty when malformed
 * @param timeMs event time; the Kafka time when malformed
 * @param payload serialized protobuf {@code Impression}, {@code Action} or {@code Example}; empty when malformed
 * @param original the bytes as they were in Kafka; empty for a good event whose payload is those very bytes
 * @param kafkaTimeMs the message's own timestamp in Kafka
 * @param reason {@link Reason#key()} when malformed, else empty
 * @param detail what is wrong, which value, when malformed, else empty
 */
public record SourceEvent(
        byte kind,
        String impressionId,
        long timeMs,
        byte[] payload,
        byte[] original,
        long kafkaTimeMs,
        String topic,
        int partition,
        long offset,
        String reason,
        String detail) {
    public static final byte IMPRESSION = 1;
    public static final byte ACTION = 2;
    public static final byte EXAMPLE = 3;
    public static final byte MALFORMED = 4;

    /** Whether this is no event, but something to set aside. */
    public boolean malformed() {
        return kind == MALFORMED;
    }

    /**
     * What is wrong with a malformed event.
     *
     * @throws IllegalArgumentException when it is a good one
     */
    public Reason malformation() {
        return Reason.of(reason);
    }

    /** What streams are keyed by: the impression id; malformed events spread by their place, so that none is hot. */
    public String key() {
        return malformed() ? topic + "/" + partition + "/" + offset : impressionId;
    }

    /** The bytes as they were in Kafka. */
    public byte[] originalBytes() {
        return original.length == 0 ? payload : original;
    }

    /** What this event becomes when it is set aside: its place in Kafka and its original bytes, still without a reason. */
    public DeadLetter deadLetter() {
        return DeadLetter.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(offset)
                .setKafkaTimeMs(kafkaTimeMs)
                .setOriginal(ByteString.copyFrom(originalBytes()))
                .build();
    }

    /**
     * A malformed event as it is set aside.
     *
     * @throws IllegalArgumentException when it is a good one
     */
    public DeadLetter malformedLetter() {
        return deadLetter().toBuilder()
                .setReason(malformation().key())
                .setDetail(detail)
                .build();
    }
}
