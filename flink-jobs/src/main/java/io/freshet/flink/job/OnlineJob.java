package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.join.LabelJoins;
import io.freshet.flink.source.EventSources;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Events in, versions out: join and training in one job. */
public final class OnlineJob {
    private OnlineJob() {}

    /** Adds the whole job to an environment, whose parallelism is that of join and rows. */
    public static void build(StreamExecutionEnvironment env, Pipeline pipeline) {
        JobSettings.apply(env, pipeline);
        SingleOutputStreamOperator<JoinedExample> examples = LabelJoins.join(
                EventSources.impressions(pipeline).in(env),
                EventSources.actions(pipeline).in(env),
                pipeline);
        DeadLetters.write(examples, pipeline);
        TrainStage.add(examples, pipeline);
    }

    /** Submits the job of a pipeline file: {@code OnlineJob pipeline.yaml}. */
    public static void main(String[] args) throws Exception {
        JobMain.run("online", OnlineJob::build, args);
    }
}
