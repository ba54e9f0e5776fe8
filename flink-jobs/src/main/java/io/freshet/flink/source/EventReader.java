package io.freshet.flink.source;

import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.source.EventParser.Parsed;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns every message of a topic into a {@link SourceEvent}, the bad ones into malformed events. Never throws: a message
 * that did would be read again after the restart, and stop the job for ever.
 *
 * <p>Threads: none of its own; as safe as the clock.
 */
final class EventReader {
    private static final byte[] NOTHING = {};

    private final EventKind kind;
    private final EventParser parser;
    private final long maxAheadMs;
    private final Clock clock;

    EventReader(EventKind kind, EventParser parser, Limit limit) {
        this.kind = kind;
        this.parser = parser;
        this.maxAheadMs = limit.maxAhead().toMillis();
        this.clock = limit.clock();
    }

    /**
     * How far ahead of a clock an event's time may be.
     *
     * @param clock the wall clock; one of its own in tests
     */
    record Limit(Duration maxAhead, Clock clock) {}

    SourceEvent read(ConsumerRecord<byte[], byte[]> message) {
        if (message.value() == null) {
            return malformed(message, kind.malformed(), "the message has no value: it is a tombstone, not an event");
        }
        Parsed parsed;
        try {
            parsed = parser.parse(message.value());
        } catch (MalformedEventException | FeatureException refused) {
            return malformed(message, kind.malformed(), refused.getMessage());
        } catch (RuntimeException | StackOverflowError unforeseen) {
            return malformed(message, kind.malformed(), "reading it failed: " + unforeseen);
        }
        long now = clock.millis();
        if (parsed.timeMs() - maxAheadMs > now) {
            String detail = "time_ms %d is %d ms ahead of the wall clock, %d; join.max-ahead allows %d ms"
                    .formatted(parsed.timeMs(), parsed.timeMs() - now, now, maxAheadMs);
            return malformed(message, kind.fromFuture(), detail);
        }
        byte[] original = Arrays.equals(parsed.payload(), message.value()) ? NOTHING : message.value();
        return new SourceEvent(
                kind.code(),
                parsed.impressionId(),
                parsed.timeMs(),
                parsed.payload(),
                original,
                message.timestamp(),
                message.topic(),
                message.partition(),
                message.offset(),
                "",
                "");
    }

    private static SourceEvent malformed(ConsumerRecord<byte[], byte[]> message, Reason reason, String detail) {
        return new SourceEvent(
                SourceEvent.MALFORMED,
                "",
                message.timestamp(),
                NOTHING,
                message.value() == null ? NOTHING : message.value(),
                message.timestamp(),
                message.topic(),
                message.partition(),
                message.offset(),
                reason.key(),
                detail);
    }
}
