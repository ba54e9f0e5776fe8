package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.encode.ExamplesTopic;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Joins events into the examples topic, from which a {@link TrainJob}, or several, learn. */
public final class JoinJob {
    private JoinJob() {}

    /** Adds the whole job to an environment. */
    public static void build(StreamExecutionEnvironment env, Pipeline pipeline) {
        JobSettings.apply(env, pipeline);
        JoinStage.add(env, pipeline)
                .sinkTo(ExamplesTopic.sink(pipeline))
                .name("examples")
                .uid("examples");
    }

    /** Submits the job of a pipeline file: {@code JoinJob pipeline.yaml}. */
    public static void main(String[] args) throws Exception {
        JobMain.run("join", JoinJob::build, args);
    }
}
