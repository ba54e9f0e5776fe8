package io.freshet.flink.source;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.source.EventReader.Limit;
import java.time.Clock;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Binds {@link EventReader} to Flink's Kafka source: one {@link SourceEvent} per message, whatever the message is. */
final class EventSchema implements KafkaRecordDeserializationSchema<SourceEvent> {
    private static final long serialVersionUID = 1;

    private final Pipeline pipeline;
    private final EventKind kind;
    private final EventParser.Factory parsers;
    private final Clock clock;
    private transient EventReader reader;

    EventSchema(Pipeline pipeline, EventKind kind, EventParser.Factory parsers, Clock clock) {
        this.pipeline = pipeline;
        this.kind = kind;
        this.parsers = parsers;
        this.clock = clock;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        Limit limit = new Limit(pipeline.join().maxAhead(), clock);
        reader = new EventReader(kind, parsers.of(pipeline), limit);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<SourceEvent> out) {
        out.collect(reader.read(message));
    }

    @Override
    public TypeInformation<SourceEvent> getProducedType() {
        return TypeInformation.of(SourceEvent.class);
    }
}
