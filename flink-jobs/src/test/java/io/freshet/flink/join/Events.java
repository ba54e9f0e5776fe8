package io.freshet.flink.join;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.source.SourceEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Events as the sources bring them, for tests. Kafka time is event time + 1,000,000 unless told. */
final class Events {
    static final long KAFKA_AHEAD_MS = 1_000_000;

    private static final byte[] NOTHING = {};

    private Events() {}

    static TaskConfig task(String name, String action, long windowMs) {
        return TaskConfig.binary(name, action, Duration.ofMillis(windowMs));
    }

    static SourceEvent impression(String id, long timeMs) {
        Impression impression = Impression.newBuilder()
                .setImpressionId(id)
                .setTimeMs(timeMs)
                .putFeatures(
                        "user", FeatureValue.newBuilder().setText("u-" + id).build())
                .build();
        return event(SourceEvent.IMPRESSION, id, timeMs, impression.toByteArray());
    }

    static SourceEvent action(String id, String name, long timeMs) {
        Action action = Action.newBuilder()
                .setImpressionId(id)
                .setAction(name)
                .setTimeMs(timeMs)
                .setValue(1)
                .build();
        return event(SourceEvent.ACTION, id, timeMs, action.toByteArray());
    }

    static SourceEvent malformed(Reason reason, String topic, long offset) {
        byte[] original = "{broken".getBytes(StandardCharsets.UTF_8);
        return new SourceEvent(
                SourceEvent.MALFORMED, "", 77, NOTHING, original, 77, topic, 3, offset, reason.key(), "it is broken");
    }

    /** The same event, from elsewhere in its topic. */
    static SourceEvent at(SourceEvent event, long offset, long kafkaTimeMs) {
        return new SourceEvent(
                event.kind(),
                event.impressionId(),
                event.timeMs(),
                event.payload(),
                event.original(),
                kafkaTimeMs,
                event.topic(),
                event.partition(),
                offset,
                event.reason(),
                event.detail());
    }

    private static SourceEvent event(byte kind, String id, long timeMs, byte[] payload) {
        String topic = kind == SourceEvent.IMPRESSION ? "impressions" : "actions";
        byte[] original = (topic + " " + id + "@" + timeMs).getBytes(StandardCharsets.UTF_8);
        return new SourceEvent(kind, id, timeMs, payload, original, timeMs + KAFKA_AHEAD_MS, topic, 2, timeMs, "", "");
    }
}
