package io.freshet.flink.join;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.source.SourceEvent;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Puts the join into a job. */
public final class LabelJoins {
    private LabelJoins() {}

    /** Examples of two topics; what was set aside is the side output {@link DeadLetters#TAG}. */
    public static SingleOutputStreamOperator<JoinedExample> join(
            DataStream<SourceEvent> impressions, DataStream<SourceEvent> actions, Pipeline pipeline) {
        LabelJoinFunction function =
                new LabelJoinFunction(pipeline.labelledTasks(), pipeline.join().negativeSampleRate());
        return impressions
                .keyBy(SourceEvent::key, Types.STRING)
                .connect(actions.keyBy(SourceEvent::key, Types.STRING))
                .transform("join", TypeInformation.of(JoinedExample.class), new LabelJoinOperator(function))
                .uid("join");
    }
}
