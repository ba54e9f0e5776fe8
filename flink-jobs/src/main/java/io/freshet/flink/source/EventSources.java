package io.freshet.flink.source;

import io.freshet.contracts.pipeline.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * The topics of a pipeline as sources. Each starts at the offsets committed for the pipeline's name, or else at the
 * earliest (a checkpoint's own offsets come before both), reads committed messages only, and finds new partitions.
 */
public final class EventSources {
    private static final Duration PARTITION_DISCOVERY = Duration.ofMinutes(1);

    private EventSources() {}

    /**
     * A topic and what it holds.
     *
     * @param outOfOrderness how much older than the newest event of its partition another may be
     */
    public record Topic(String name, EventKind kind, EventParser.Factory parsers, Duration outOfOrderness) {}

    /** Impressions; good ones have only features that the pipeline can encode. */
    public static EventSource impressions(Pipeline pipeline) {
        return of(
                pipeline,
                new Topic(
                        pipeline.impressions().topic(),
                        EventKind.IMPRESSION,
                        EventParser::ofImpressions,
                        pipeline.join().outOfOrderness()));
    }

    /** Actions. */
    public static EventSource actions(Pipeline pipeline) {
        return of(
                pipeline,
                new Topic(
                        pipeline.actions().topic(),
                        EventKind.ACTION,
                        EventParser::ofActions,
                        pipeline.join().outOfOrderness()));
    }

    /** Any topic of events. */
    public static EventSource of(Pipeline pipeline, Topic topic) {
        String name = topic.kind().plural();
        KafkaSource<SourceEvent> source = KafkaSource.<SourceEvent>builder()
                .setProperties(consumerProperties(pipeline))
                .setBootstrapServers(pipeline.kafka().bootstrapServers())
                .setGroupId(pipeline.name())
                .setClientIdPrefix(pipeline.name() + "-" + name)
                .setTopics(topic.name())
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setDeserializer(new EventSchema(pipeline, topic.kind(), topic.parsers(), Clock.systemUTC()))
                .build();
        EventTime time = new EventTime(topic.outOfOrderness(), pipeline.join().idleAfter());
        return new EventSource(name, source, time);
    }

    private static Properties consumerProperties(Pipeline pipeline) {
        Properties properties = new Properties();
        properties.putAll(pipeline.kafka().properties());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(
                KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                Long.toString(PARTITION_DISCOVERY.toMillis()));
        return properties;
    }
}
