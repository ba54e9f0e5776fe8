package io.freshet.flink.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counters of one subtask that are part of the checkpoint: after a restart they go on where the checkpoint left them.
 *
 * <p>Shown as Flink counters in the group {@link MetricNames#GROUP}. After a change of parallelism the counts of the
 * old subtasks are dealt out to the new ones, so the sum over all subtasks stays right, while the share of one subtask
 * says nothing (that of a count that also goes down may be negative).
 *
 * <p>Threads: written by the task thread only; metric reporters read.
 */
public final class CheckpointedCounters {
    private static final String STATE = "freshet-counters";

    private final ListState<Map<String, Long>> state;
    private final MetricGroup group;
    private final Map<String, Counter> counters = new HashMap<>();

    private CheckpointedCounters(ListState<Map<String, Long>> state, MetricGroup group) {
        this.state = state;
        this.group = group;
    }

    /**
     * Opens the counters of a subtask; to be called from {@code initializeState}.
     *
     * @param operator the metric group of the operator
     */
    public static CheckpointedCounters open(OperatorStateStore store, MetricGroup operator) throws Exception {
        ListState<Map<String, Long>> state =
                store.getListState(new ListStateDescriptor<>(STATE, Types.MAP(Types.STRING, Types.LONG)));
        CheckpointedCounters opened = new CheckpointedCounters(state, operator.addGroup(MetricNames.GROUP));
        for (Map<String, Long> part : state.get()) {
            part.forEach((name, count) -> opened.counter(name).inc(count));
        }
        return opened;
    }

    /** The counter of that name; made, with 0, when there is none. Worth keeping by who counts every record. */
    public Counter counter(String name) {
        return counters.computeIfAbsent(name, group::counter);
    }

    /** Adds to the counter of that name. */
    public void add(String name, long count) {
        counter(name).inc(count);
    }

    /** Count of that name in this subtask; 0 when never counted. */
    public long get(String name) {
        Counter counter = counters.get(name);
        return counter == null ? 0 : counter.getCount();
    }

    /** All counts of this subtask by name. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        counters.forEach((name, counter) -> counts.put(name, counter.getCount()));
        return counts;
    }

    /** Writes the counts into the checkpoint; to be called from {@code snapshotState}. */
    public void snapshot() throws Exception {
        state.update(List.of(counts()));
    }
}
