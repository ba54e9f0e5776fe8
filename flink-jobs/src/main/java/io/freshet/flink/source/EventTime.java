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

    /**
     * Time goes on with the events, not only with Flink's clock. Windows close when it does: if it moved every 200 ms,
     * negatives would leave the join in lumps of hundreds between lumps of positives, and batches of one label teach badly.
     */
    static final int EVENTS_PER_WATERMARK = 4;

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

    private static final class GoodEvents implements WatermarkGenerator<SourceEvent> {
        private final WatermarkGenerator<SourceEvent> generator;
        private int events;

        GoodEvents(WatermarkGenerator<SourceEvent> generator) {
            this.generator = generator;
        }

        @Override
        public void onEvent(SourceEvent event, long timestamp, WatermarkOutput output) {
            if (event.malformed()) {
                return;
            }
            generator.onEvent(event, timestamp, output);
            events++;
            if (events % EVENTS_PER_WATERMARK == 0) {
                generator.onPeriodicEmit(output);
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            generator.onPeriodicEmit(output);
        }
    }
}
