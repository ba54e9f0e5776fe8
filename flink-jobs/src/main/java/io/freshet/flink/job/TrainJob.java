package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.join.JoinedExample;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Learns from the examples topic that a {@link JoinJob} writes. */
public final class TrainJob {
    private TrainJob() {}

    /** Adds the whole job to an environment, whose parallelism is that of the rows. */
    public static void build(StreamExecutionEnvironment env, Pipeline pipeline) {
        JobSettings.apply(env, pipeline);
        SingleOutputStreamOperator<JoinedExample> examples = ExamplesTopic.read(env, pipeline);
        DeadLetters.write(examples, pipeline);
        TrainStage.add(examples, pipeline);
    }

    /** Submits the job of a pipeline file: {@code TrainJob pipeline.yaml}. */
    public static void main(String[] args) throws Exception {
        JobMain.run("train", TrainJob::build, args);
    }
}
