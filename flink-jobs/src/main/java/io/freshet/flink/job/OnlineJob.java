package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Events in, versions out: join and training in one job. */
public final class OnlineJob {
    private OnlineJob() {}

    /** Adds the whole job to an environment, whose parallelism is that of join and rows. */
    public static void build(StreamExecutionEnvironment env, Pipeline pipeline) {
        JobSettings.apply(env, pipeline);
        TrainStage.add(JoinStage.add(env, pipeline), pipeline);
    }

    /** Submits the job of a pipeline file: {@code OnlineJob pipeline.yaml}. */
    public static void main(String[] args) throws Exception {
        JobMain.run("online", OnlineJob::build, args);
    }
}
