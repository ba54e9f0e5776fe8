package io.freshet.flink.rows;

import io.freshet.flink.source.TestPipelines;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.RocksRows;
import io.freshet.store.table.TableSpec;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** Rows in one subtask's keyed state, without a cluster. The tables 0 and 1 are those of the test pipeline. */
final class RowsHarness implements AutoCloseable {
    static final List<TableSpec> TABLES = TableSpec.of(TestPipelines.likes("localhost:1"));

    private final KeyedOneInputStreamOperatorTestHarness<Integer, Integer, Integer> harness;
    private final Operator operator = new Operator();

    /** A subtask of {@code parallelism} many, which share {@code keyGroups} among them. */
    RowsHarness(StateBackend stateBackend, int keyGroups, int parallelism, int subtask) throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, key -> key, Types.INT, keyGroups, parallelism, subtask);
        harness.setStateBackend(stateBackend);
    }

    /** Starts empty, or from the state that {@link #restoring} gave. */
    RowsHarness open() throws Exception {
        harness.open();
        return this;
    }

    /** Takes this subtask's share of a snapshot, before {@link #open}. */
    RowsHarness restoring(OperatorSubtaskState state) throws Exception {
        harness.initializeState(state);
        return this;
    }

    OperatorSubtaskState snapshot(long checkpointId) throws Exception {
        return harness.snapshot(checkpointId, checkpointId);
    }

    /** What the state holds, one way or the other. */
    <T> T states(Function<RowStates, T> question) {
        return question.apply(operator.states);
    }

    DurableRows throughFlink() {
        return states(RowStates::throughFlink);
    }

    /** Batched rows, closed with this. */
    RocksRows direct() {
        if (operator.direct == null) {
            operator.direct = states(RowStates::direct).orElseThrow();
        }
        return operator.direct;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    private static final class Operator extends AbstractStreamOperator<Integer>
            implements OneInputStreamOperator<Integer, Integer> {
        private static final long serialVersionUID = 1L;
        private transient RowStates states;
        private transient RocksRows direct;

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            TaskInfo task = getRuntimeContext().getTaskInfo();
            states = new RowStates(
                    TABLES,
                    new KeyGroupKeys(task.getMaxNumberOfParallelSubtasks()),
                    KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                            task.getMaxNumberOfParallelSubtasks(),
                            task.getNumberOfParallelSubtasks(),
                            task.getIndexOfThisSubtask()),
                    context.getKeyedStateStore(),
                    getKeyedStateBackend());
        }

        @Override
        public void processElement(StreamRecord<Integer> record) {}

        @Override
        public void close() throws Exception {
            if (direct != null) {
                direct.close();
            }
            super.close();
        }
    }
}
