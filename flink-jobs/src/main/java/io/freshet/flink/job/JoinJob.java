package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.join.LabelJoins;
import io.freshet.flink.source.EventSources;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Joins events into the examples topic, from which a {@link TrainJob}, or several, learn. */
public final class JoinJob {
    private JoinJob() {}

    /** Adds the whole job to an environment. */
    public static void build(StreamExecutionEnvironment env, Pipeline pipeline) {
        JobSettings.apply(env, pipeline);
        SingleOutputStreamOperator<JoinedExample> examples = LabelJoins.join(
                EventSources.impressions(pipeline).in(env),
                EventSources.actions(pipeline).in(env),
                pipeline);
        DeadLetters.write(examples, pipeline);
        examples.sinkTo(ExamplesTopic.sink(pipeline)).name("examples").uid("examples");
    }

    /** Submits the job of a pipeline file: {@code JoinJob pipeline.yaml}. */
    public static void main(String[] args) throws Exception {
        JobMain.run("join", JoinJob::build, args);
    }
}
