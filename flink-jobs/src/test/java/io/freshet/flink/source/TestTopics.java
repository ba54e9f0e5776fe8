package io.freshet.flink.source;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.source.EventReader.Limit;
import io.freshet.flink.source.MessyStream.Message;
import io.freshet.flink.source.MessyStream.Side;
import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads messages as the sources do, without Kafka. */
public final class TestTopics {
    private final EventReader impressions;
    private final EventReader actions;

    /** Readers of a pipeline, on the wall clock. */
    public TestTopics(Pipeline pipeline) {
        Limit limit = new Limit(pipeline.join().maxAhead(), Clock.systemUTC());
        impressions = new EventReader(EventKind.IMPRESSION, EventParser.ofImpressions(pipeline), limit);
        actions = new EventReader(EventKind.ACTION, EventParser.ofActions(pipeline), limit);
    }

    /** The event that a message is read as. */
    public SourceEvent read(Message message, long offset) {
        String topic = message.side() == Side.IMPRESSIONS ? "impressions" : "actions";
        EventReader reader = message.side() == Side.IMPRESSIONS ? impressions : actions;
        return reader.read(new ConsumerRecord<>(topic, message.partition(), offset, null, message.value()));
    }
}
