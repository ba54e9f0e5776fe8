package io.freshet.flink.join;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.DeadLetterRecord;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.join.Step.Completed;
import io.freshet.flink.join.Step.Drop;
import io.freshet.flink.metric.CheckpointedCounters;
import io.freshet.flink.metric.MetricNames;
import io.freshet.flink.source.SourceEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Binds {@link LabelJoin} to keyed state, event-time timers, counters and dead letters; holds no rule of its own. First
 * input impressions, second input actions, both keyed by {@link SourceEvent#key()}.
 *
 * <p>State accesses and timers, per event:
 *
 * <pre>
 *   malformed, or action of no task    none
 *   anything else that is dropped      1 read
 *   impression                         1 read, 1 write, 1 timer set
 *   action that makes a label          1 read, 1 write, 1 timer set when that makes the example complete earlier
 *   action before its impression       1 read, 1 write, 1 timer set
 *   an example is complete             1 timer fired, 1 read, 1 write, 1 timer set
 *   an older wish of an id comes up    1 timer fired, 1 read, 1 timer set
 *   the mark of an emitted id expires  1 timer fired, 1 read, 1 delete
 * </pre>
 */
public final class LabelJoinFunction extends KeyedCoProcessFunction<String, SourceEvent, SourceEvent, JoinedExample>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    private final ArrayList<TaskConfig> tasks;
    private final double negativeSampleRate;

    private transient LabelJoin join;
    private transient ExampleAssembler assembler;
    private transient ValueState<byte[]> state;
    private transient CheckpointedCounters counters;
    /** Newest Kafka time that has come by; what the close of a window is dated with. */
    private transient long newestKafkaMs;

    /** See {@link LabelJoin#LabelJoin}. */
    public LabelJoinFunction(List<TaskConfig> tasks, double negativeSampleRate) {
        this.tasks = new ArrayList<>(tasks);
        this.negativeSampleRate = negativeSampleRate;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counters = CheckpointedCounters.open(
                context.getOperatorStateStore(), getRuntimeContext().getMetricGroup());
        MetricNames.ofJoin().forEach(counters::counter); // So that dashboards show a 0 before the first event.
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        counters.snapshot();
    }

    @Override
    public void open(OpenContext context) {
        join = new LabelJoin(tasks, negativeSampleRate);
        assembler = new ExampleAssembler(tasks);
        state = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("join", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        newestKafkaMs = Long.MIN_VALUE;
    }

    @Override
    public void processElement1(SourceEvent event, Context context, Collector<JoinedExample> out) throws Exception {
        counters.add(MetricNames.IMPRESSIONS, 1);
        newestKafkaMs = Math.max(newestKafkaMs, event.kafkaTimeMs());
        if (event.malformed()) {
            setAside(event, context);
            return;
        }
        Optional<JoinState> before = read();
        run(before, join.onImpression(before, event, context.timerService().currentWatermark()), context, out);
    }

    @Override
    public void processElement2(SourceEvent event, Context context, Collector<JoinedExample> out) throws Exception {
        counters.add(MetricNames.ACTIONS, 1);
        newestKafkaMs = Math.max(newestKafkaMs, event.kafkaTimeMs());
        if (event.malformed()) {
            setAside(event, context);
            return;
        }
        Acted acted = Acted.of(Action.parseFrom(event.payload()));
        if (!join.concerns(acted.action())) {
            count(new Drop(Reason.ACTION_OF_NO_TASK, Optional.empty()), context);
            return;
        }
        Optional<JoinState> before = read();
        run(before, join.onAction(before, event, acted, context.timerService().currentWatermark()), context, out);
    }

    @Override
    public void onTimer(long timeMs, OnTimerContext context, Collector<JoinedExample> out) throws Exception {
        Optional<JoinState> before = read();
        if (before.isPresent()) {
            run(before, join.onTime(before.get(), timeMs), context, out);
        }
    }

    /** This subtask's counts by name. */
    Map<String, Long> counts() {
        return counters.counts();
    }

    private void run(Optional<JoinState> before, Step step, Context context, Collector<JoinedExample> out)
            throws Exception {
        if (step.keep().orElse(null) != before.orElse(null)) {
            write(before, step.keep());
        }
        if (step.wakeAtMs().isPresent()) {
            context.timerService().registerEventTimeTimer(step.wakeAtMs().getAsLong());
        }
        counters.add(MetricNames.JOINED_ACTIONS, step.joinedActions());
        for (Drop drop : step.dropped()) {
            count(drop, context);
        }
        if (step.completed().isPresent()) {
            emit(step.completed().get(), out);
        }
    }

    private void emit(Completed completed, Collector<JoinedExample> out) throws IOException {
        counters.add(MetricNames.EXAMPLES, 1);
        counters.add(MetricNames.POSITIVES, completed.shown().positives().isEmpty() ? 0 : 1);
        long byEventMs = completed.shown().newestKafkaMs();
        long completedAtMs = completed.byWindow() ? Math.max(byEventMs, newestKafkaMs) : byEventMs;
        out.collect(assembler.assemble(completed, completedAtMs));
    }

    private Optional<JoinState> read() throws IOException {
        byte[] bytes = state.value();
        return bytes == null ? Optional.empty() : Optional.of(JoinStateCodec.decode(bytes));
    }

    private void write(Optional<JoinState> before, Optional<JoinState> after) throws IOException {
        if (after.isPresent()) {
            state.update(JoinStateCodec.encode(after.get()));
        } else {
            state.clear();
        }
        counters.add(MetricNames.WAITING, waiting(after) - waiting(before));
        counters.add(MetricNames.WAITING_ACTIONS, waitingActions(after) - waitingActions(before));
    }

    private static int waiting(Optional<JoinState> state) {
        return state.map(JoinState::waitingImpressions).orElse(0);
    }

    private static int waitingActions(Optional<JoinState> state) {
        return state.map(JoinState::waitingActions).orElse(0);
    }

    private void setAside(SourceEvent malformed, Context context) {
        count(new Drop(malformed.malformation(), Optional.of(malformed.malformedLetter())), context);
    }

    private void count(Drop drop, Context context) {
        counters.add(MetricNames.dropped(drop.reason()), 1);
        drop.letter().ifPresent(letter -> context.output(DeadLetters.TAG, DeadLetterRecord.of(letter)));
    }
}
