package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.join.LabelJoins;
import io.freshet.flink.source.EventSources;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** From the two event topics to examples, and what is no example to the dead letters. */
final class JoinStage {
    private JoinStage() {}

    static DataStream<JoinedExample> add(StreamExecutionEnvironment env, Pipeline pipeline) {
        SingleOutputStreamOperator<JoinedExample> examples = LabelJoins.join(
                EventSources.impressions(pipeline).in(env),
                EventSources.actions(pipeline).in(env),
                pipeline);
        DeadLetters.write(examples, pipeline);
        return examples;
    }
}
