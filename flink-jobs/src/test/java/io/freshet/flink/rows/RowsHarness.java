package io.freshet.flink.rows;

import io.freshet.flink.source.TestPipelines;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.table.TableSpec;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** Durable rows in one subtask's keyed state, without a cluster. The table 0 and 1 are those of the test pipeline. */
final class RowsHarness implements AutoCloseable {
    static final int MAX_PARALLELISM = 16;
    static final List<TableSpec> TABLES = TableSpec.of(TestPipelines.likes("localhost:1"));

    /** How rows are kept in a keyed state. */
    interface Home {
        DurableRows open(StateInitializationContext context, KeyedStateBackend<Integer> backend, KeyGroupRange owned);
    }

    private final KeyedOneInputStreamOperatorTestHarness<Integer, Integer, Integer> harness;
    private final Operator operator;

    RowsHarness(StateBackend stateBackend, Home home, int parallelism, int subtask) throws Exception {
        operator = new Operator(home);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, key -> key, Types.INT, MAX_PARALLELISM, parallelism, subtask);
        harness.setStateBackend(stateBackend);
    }

    /** Starts empty. */
    DurableRows open() throws Exception {
        harness.open();
        return operator.rows;
    }

    /** Starts from the state of a snapshot, this subtask's share of it. */
    DurableRows open(OperatorSubtaskState state) throws Exception {
        harness.initializeState(state);
        return open();
    }

    OperatorSubtaskState snapshot(long checkpointId) throws Exception {
        return harness.snapshot(checkpointId, checkpointId);
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    static DurableRows keyedState(
            StateInitializationContext context, KeyedStateBackend<Integer> backend, KeyGroupRange owned) {
        return new KeyedStateRows(
                TABLES, new KeyGroupKeys(MAX_PARALLELISM), owned, context.getKeyedStateStore(), backend);
    }

    private static final class Operator extends AbstractStreamOperator<Integer>
            implements OneInputStreamOperator<Integer, Integer> {
        private static final long serialVersionUID = 1L;
        private final transient Home home;
        private transient DurableRows rows;

        Operator(Home home) {
            this.home = home;
        }

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            var task = getRuntimeContext().getTaskInfo();
            KeyGroupRange owned = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                    task.getMaxNumberOfParallelSubtasks(),
                    task.getNumberOfParallelSubtasks(),
                    task.getIndexOfThisSubtask());
            rows = home.open(context, getKeyedStateBackend(), owned);
        }

        @Override
        public void processElement(StreamRecord<Integer> record) {}
    }
}
