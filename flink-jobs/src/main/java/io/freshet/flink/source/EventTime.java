package io.freshet.flink.source;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time of a topic's partition: bounded out-of-orderness, idle when silent. A malformed event is neither time nor a
 * sign of life: a partition that carries nothing else counts as idle, so it holds no window open.
 */
final class EventTime implements WatermarkStrategy<SourceEvent> {
    private static final long serialVersionUID = 1;

    private final WatermarkStrategy<SourceEvent> ofGoodEvents;

    /**
     * The event time of topics.
     *
     * @param outOfOrderness how much older than the newest event another may be
     * @param idleAfter a partition without a good event for so long no longer holds event time back
     */
    EventTime(Duration outOfOrderness, Duration idleAfter) {
        this.ofGoodEvents = WatermarkStrategy.<SourceEvent>forBoundedOutOfOrderness(outOfOrderness)
                .withIdleness(idleAfter);
    }

    @Override
    public WatermarkGenerator<SourceEvent> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        return new GoodEvents(ofGoodEvents.createWatermarkGenerator(context));
    }

    @Override
    public TimestampAssigner<SourceEvent> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (event, kafkaTimeMs) -> event.timeMs();
    }

    private record GoodEvents(WatermarkGenerator<SourceEvent> generator) implements WatermarkGenerator<SourceEvent> {
        @Override
        public void onEvent(SourceEvent event, long timestamp, WatermarkOutput output) {
            if (!event.malformed()) {
                generator.onEvent(event, timestamp, output);
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            generator.onPeriodicEmit(output);
        }
    }
}
