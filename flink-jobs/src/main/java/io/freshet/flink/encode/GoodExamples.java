package io.freshet.flink.encode;

import io.freshet.contracts.event.proto.Example;
import io.freshet.flink.deadletter.DeadLetterRecord;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.metric.CheckpointedCounters;
import io.freshet.flink.metric.MetricNames;
import io.freshet.flink.source.SourceEvent;
import java.util.List;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Passes the good examples of the examples topic on, and sets the others aside. */
final class GoodExamples extends ProcessFunction<SourceEvent, JoinedExample> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    private transient CheckpointedCounters counters;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counters = CheckpointedCounters.open(
                context.getOperatorStateStore(), getRuntimeContext().getMetricGroup());
        List.of(MetricNames.EXAMPLES, MetricNames.dropped(Reason.EXAMPLE_MALFORMED))
                .forEach(counters::counter);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        counters.snapshot();
    }

    @Override
    public void processElement(SourceEvent event, Context context, Collector<JoinedExample> out) throws Exception {
        if (event.malformed()) {
            counters.add(MetricNames.dropped(event.malformation()), 1);
            context.output(DeadLetters.TAG, DeadLetterRecord.of(event.malformedLetter()));
            return;
        }
        counters.add(MetricNames.EXAMPLES, 1);
        Example example = Example.parseFrom(event.payload());
        out.collect(new JoinedExample(example.getTimeMs(), example.getCompletedAtMs(), event.payload()));
    }
}
