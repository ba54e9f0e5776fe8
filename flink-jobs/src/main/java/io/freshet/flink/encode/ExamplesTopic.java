package io.freshet.flink.encode;

import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.sink.KafkaSinks;
import io.freshet.flink.source.EventKind;
import io.freshet.flink.source.EventParser;
import io.freshet.flink.source.EventSource;
import io.freshet.flink.source.EventSources;
import java.time.Duration;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The topic {@code <name>.examples}, through which one job joins and another trains. A value is a serialized protobuf
 * {@code Example}.
 */
public final class ExamplesTopic {
    private ExamplesTopic() {}

    /**
     * Reads examples; what is none, or does not fit the pipeline, is the side output
     * {@link io.freshet.flink.deadletter.DeadLetters#TAG}.
     */
    public static SingleOutputStreamOperator<JoinedExample> read(StreamExecutionEnvironment job, Pipeline pipeline) {
        return source(pipeline)
                .in(job)
                .process(new GoodExamples())
                .name("good-examples")
                .uid("good-examples");
    }

    /** Writes examples, exactly once. */
    public static KafkaSink<JoinedExample> sink(Pipeline pipeline) {
        String topic = PipelineTopics.of(pipeline).examples();
        return KafkaSinks.exactlyOnce(
                pipeline, "examples", List.of(topic), example -> new ProducerRecord<>(topic, example.example()));
    }

    static EventSource source(Pipeline pipeline) {
        // An example is written when its window closes, so it may be that much older than the one before it.
        Duration longestWindow = pipeline.labelledTasks().stream()
                .map(TaskConfig::window)
                .max(Duration::compareTo)
                .orElseThrow();
        return EventSources.of(
                pipeline,
                new EventSources.Topic(
                        PipelineTopics.of(pipeline).examples(),
                        EventKind.EXAMPLE,
                        ExamplesTopic::parser,
                        pipeline.join().outOfOrderness().plus(longestWindow)));
    }

    static EventParser parser(Pipeline pipeline) {
        ExampleEncoder encoder = new ExampleEncoder(pipeline);
        return value -> {
            Example example = ExampleEncoder.parse(value);
            encoder.encode(example);
            return new EventParser.Parsed(example.getImpressionId(), example.getTimeMs(), value);
        };
    }
}
