package io.freshet.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.flink.source.EventReader.Limit;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock stands at 10,000,000; an hour ahead is allowed. */
class EventReaderTest {
    private static final long NOW = 10_000_000;
    private static final Limit LIMIT =
            new Limit(Duration.ofHours(1), Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));

    private final EventReader impressions =
            new EventReader(EventKind.IMPRESSION, EventParser.ofImpressions(TestPipelines.likes("localhost:1")), LIMIT);
    private final EventReader actions =
            new EventReader(EventKind.ACTION, EventParser.ofActions(TestPipelines.likes("localhost:1")), LIMIT);

    private static ConsumerRecord<byte[], byte[]> message(byte[] value) {
        return new ConsumerRecord<>(
                "topic",
                3,
                17,
                4711,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> message(String value) {
        return message(value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aGoodImpressionBecomesProtobufAndKeepsItsOriginalBytes() throws Exception {
        String json = "{\"impression_id\":\"i\",\"time_ms\":1000,\"features\":{\"user\":42}}";

        SourceEvent event = impressions.read(message(json));

        assertThat(event.kind()).isEqualTo(SourceEvent.IMPRESSION);
        assertThat(event.key()).isEqualTo("i");
        assertThat(event.timeMs()).isEqualTo(1000);
        assertThat(event.kafkaTimeMs()).isEqualTo(4711);
        assertThat(event.topic()).isEqualTo("topic");
        assertThat(event.partition()).isEqualTo(3);
        assertThat(event.offset()).isEqualTo(17);
        assertThat(Impression.parseFrom(event.payload()).getFeaturesMap()).containsOnlyKeys("user");
        assertThat(event.originalBytes()).asString(StandardCharsets.UTF_8).isEqualTo(json);
    }

    @Test
    void aGoodActionBecomesProtobuf() throws Exception {
        SourceEvent event =
                actions.read(message("{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":1000,\"value\":2}"));

        assertThat(event.kind()).isEqualTo(SourceEvent.ACTION);
        assertThat(Action.parseFrom(event.payload()).getAction()).isEqualTo("like");
    }

    @Test
    void aFeatureThatTheEncoderRefusesMakesItMalformed() {
        String json = "{\"impression_id\":\"i\",\"time_ms\":1000,\"features\":{\"age\":\"old\"}}";

        SourceEvent event = impressions.read(message(json));

        assertThat(event.malformed()).isTrue();
        assertThat(event.reason()).isEqualTo("impression_malformed");
        assertThat(event.detail()).contains("age");
        assertThat(event.originalBytes()).asString(StandardCharsets.UTF_8).isEqualTo(json);
        assertThat(event.timeMs()).isEqualTo(4711);
    }

    @Test
    void aTombstoneIsMalformed() {
        SourceEvent event = actions.read(message((byte[]) null));

        assertThat(event.reason()).isEqualTo("action_malformed");
        assertThat(event.detail()).contains("tombstone");
        assertThat(event.originalBytes()).isEmpty();
    }

    @Test
    void anEventFurtherAheadThanAllowedIsFromTheFuture() {
        long latest = NOW + Duration.ofHours(1).toMillis();
        String json = "{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":%d}";

        assertThat(actions.read(message(json.formatted(latest))).malformed()).isFalse();

        SourceEvent event = actions.read(message(json.formatted(latest + 1)));
        assertThat(event.reason()).isEqualTo("action_from_future");
        assertThat(event.detail()).contains("3600001 ms ahead of the wall clock, 10000000");
    }

    @Test
    void malformedEventsSpreadOverKeys() {
        assertThat(impressions.read(message("?")).key()).isEqualTo("topic/3/17");
    }

    @Test
    void aParserThatFailsStopsNothing() {
        EventReader reader = new EventReader(
                EventKind.IMPRESSION,
                value -> {
                    throw new IllegalStateException("not foreseen");
                },
                LIMIT);

        SourceEvent event = reader.read(message("x"));

        assertThat(event.reason()).isEqualTo("impression_malformed");
        assertThat(event.detail()).contains("IllegalStateException: not foreseen");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 100_000})
    void deeplyNestedJsonStopsNothing(int depth) {
        assertThat(impressions.read(message("[".repeat(depth))).reason()).isEqualTo("impression_malformed");
        assertThat(impressions.read(message("{\"a\":".repeat(depth))).reason()).isEqualTo("impression_malformed");
    }

    @Test
    void noBytesEverStopTheReader() {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] good =
                "{\"impression_id\":\"i\",\"time_ms\":1000,\"features\":{\"user\":42,\"genres\":[\"a\"],\"age\":1}}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(impressions.read(message(bytes)))
                    .as("-Dfreshet.seed=%d, message %d", seed, i)
                    .isNotNull();
            assertThat(actions.read(message(bytes)).malformed())
                    .as("-Dfreshet.seed=%d, message %d", seed, i)
                    .isTrue();
        }
    }

    @Test
    void aFieldThatIsNotOursDoesNotReachTheExample() throws Exception {
        byte[] strange = Impression.newBuilder()
                .setImpressionId("i")
                .setTimeMs(1000)
                .build()
                .toByteArray();
        byte[] value = Arrays.copyOf(strange, strange.length + 2);
        value[strange.length] = 4 << 3 | 2; // Field 4, which is a label in an Example; length 0.
        EventParser parser = EventParser.ofImpressions(TestPipelines.likesInProtobuf());

        SourceEvent event = new EventReader(EventKind.IMPRESSION, parser, LIMIT).read(message(value));

        assertThat(event.payload()).isEqualTo(strange);
        assertThat(event.originalBytes()).isEqualTo(value);
    }

    @Test
    void protobufThatIsKeptAsItCameIsNotHeldTwice() {
        byte[] value = Impression.newBuilder()
                .setImpressionId("i")
                .setTimeMs(1000)
                .build()
                .toByteArray();
        EventParser parser = EventParser.ofImpressions(TestPipelines.likesInProtobuf());

        SourceEvent event = new EventReader(EventKind.IMPRESSION, parser, LIMIT).read(message(value));

        assertThat(event.original()).isEmpty();
        assertThat(event.originalBytes()).isEqualTo(value);
    }
}
