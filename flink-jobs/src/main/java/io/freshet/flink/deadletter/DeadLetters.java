package io.freshet.flink.deadletter;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.sink.KafkaSinks;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The way to the dead-letter topic. */
public final class DeadLetters {
    /** Side output, of every operator that sets events aside. */
    public static final OutputTag<DeadLetterRecord> TAG =
            new OutputTag<>("dead-letters", TypeInformation.of(DeadLetterRecord.class));

    private DeadLetters() {}

    /** Writes to the dead-letter topic what an operator sets aside. */
    public static void write(SingleOutputStreamOperator<?> operator, Pipeline pipeline) {
        operator.getSideOutput(TAG).sinkTo(sink(pipeline)).name("dead-letters").uid("dead-letters");
    }

    /** Writes protobuf {@code DeadLetter} messages to {@code <name>.dead-letters}, exactly once. */
    public static KafkaSink<DeadLetterRecord> sink(Pipeline pipeline) {
        String topic = PipelineTopics.of(pipeline).deadLetters();
        return KafkaSinks.exactlyOnce(
                pipeline, "dead-letters", List.of(topic), letter -> new ProducerRecord<>(topic, letter.value()));
    }
}
