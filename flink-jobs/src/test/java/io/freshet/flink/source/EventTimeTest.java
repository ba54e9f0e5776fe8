package io.freshet.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

/** Out of order by up to 200 ms, idle after 500 ms, on a clock that the test moves. */
class EventTimeTest {
    private static final byte[] NOTHING = {};

    private final ManualClock clock = new ManualClock(1_000_000_000);
    private final EventTime time = new EventTime(Duration.ofMillis(200), Duration.ofMillis(500));
    private final WatermarkGenerator<SourceEvent> generator = time.createWatermarkGenerator(new Context());
    private final Output output = new Output();

    private final class Context implements WatermarkGeneratorSupplier.Context {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public RelativeClock getInputActivityClock() {
            return clock;
        }
    }

    private static final class Output implements WatermarkOutput {
        final List<Long> watermarks = new ArrayList<>();
        boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    }

    private void event(byte kind, long timeMs) {
        SourceEvent event = new SourceEvent(kind, "i", timeMs, NOTHING, NOTHING, 0, "t", 0, 0, "", "");
        generator.onEvent(event, time.createTimestampAssigner(() -> null).extractTimestamp(event, 0), output);
    }

    private boolean idleAfter(long millis) {
        generator.onPeriodicEmit(output); // Starts the timer of silence.
        clock.advanceTime(Duration.ofMillis(millis));
        generator.onPeriodicEmit(output);
        return output.idle;
    }

    @Test
    void theWatermarkFollowsTheNewestEventAtADistance() {
        event(SourceEvent.IMPRESSION, 10_000);
        event(SourceEvent.IMPRESSION, 9_000);
        generator.onPeriodicEmit(output);

        assertThat(output.watermarks).containsExactly(10_000L - 200 - 1);
    }

    @Test
    void aMalformedEventDoesNotMoveIt() {
        event(SourceEvent.IMPRESSION, 10_000);
        event(SourceEvent.MALFORMED, 99_000);
        generator.onPeriodicEmit(output);

        assertThat(output.watermarks).containsExactly(10_000L - 200 - 1);
    }

    @Test
    void itGoesOnWithEveryFewGoodEventsWithoutWaitingForTheClock() {
        for (int i = 1; i < EventTime.EVENTS_PER_WATERMARK; i++) {
            event(SourceEvent.IMPRESSION, 10_000 + i);
            event(SourceEvent.MALFORMED, 99_000);
        }
        assertThat(output.watermarks).isEmpty();

        event(SourceEvent.IMPRESSION, 11_000);
        assertThat(output.watermarks).containsExactly(11_000L - 200 - 1);

        for (int i = 0; i < EventTime.EVENTS_PER_WATERMARK; i++) {
            event(SourceEvent.IMPRESSION, 12_000 + i);
        }
        assertThat(output.watermarks)
                .containsExactly(11_000L - 200 - 1, 12_000L + EventTime.EVENTS_PER_WATERMARK - 1 - 200 - 1);
    }

    @Test
    void aPartitionThatIsSilentIsIdle() {
        event(SourceEvent.IMPRESSION, 10_000);
        generator.onPeriodicEmit(output);

        assertThat(idleAfter(499)).isFalse();
        assertThat(idleAfter(2)).isTrue();
    }

    @Test
    void aPartitionThatBringsMalformedEventsOnlyIsIdleToo() {
        event(SourceEvent.IMPRESSION, 10_000);
        generator.onPeriodicEmit(output);
        for (int i = 0; i < 10; i++) {
            event(SourceEvent.MALFORMED, 10_000 + i);
            idleAfter(100);
        }

        assertThat(output.idle).isTrue();
    }

    @Test
    void aGoodEventWakesItUp() {
        event(SourceEvent.IMPRESSION, 10_000);
        generator.onPeriodicEmit(output);
        assertThat(idleAfter(501)).isTrue();

        event(SourceEvent.IMPRESSION, 11_000);
        generator.onPeriodicEmit(output);

        assertThat(output.watermarks).endsWith(11_000L - 200 - 1);
    }
}
