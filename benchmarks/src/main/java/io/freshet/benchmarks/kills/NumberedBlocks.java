package io.freshet.benchmarks.kills;

import io.freshet.flink.rows.GradientBlock;
import io.freshet.store.table.TableSpec;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.Collector;

/**
 * Operations by their numbers, as blocks of gradients; keeps as state how many have gone by, and says it of each checkpoint
 * that is complete.
 */
final class NumberedBlocks implements FlatMapFunction<Long, GradientBlock>, CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private transient Blocks blocks;
    private transient ListState<Long> covered;

    /** By checkpoints that are not known to be complete. */
    private transient NavigableMap<Long, Long> coveredBy;

    private transient long next;

    NumberedBlocks(long seed) {
        this.seed = seed;
    }

    /** Where a checkpoint keeps how many operations it covers. */
    static ListStateDescriptor<Long> covered() {
        return new ListStateDescriptor<>("covered", Types.LONG);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        blocks = new Blocks(new Operations(seed, KillTables.specs()), KillTables.specs());
        coveredBy = new TreeMap<>();
        covered = context.getOperatorStateStore().getListState(covered());
        for (long number : covered.get()) {
            next = number;
        }
    }

    @Override
    public void flatMap(Long number, Collector<GradientBlock> out) throws InterruptedException {
        Comparison.require(number == next, "operation %d comes, and not %d", number, next);
        blocks.run(number, new Operations.Target() {
            @Override
            public void apply(int table, long[] ids, float[] gradients, long eventTimeMs) {
                out.collect(block(table, ids, gradients, eventTimeMs));
            }

            @Override
            public void checkpoint() {}

            @Override
            public void committed() {}
        });
        next = number + 1;
        // So that those who look at the rows can keep up with those who make them.
        TimeUnit.MICROSECONDS.sleep(500);
    }

    private static GradientBlock block(int table, long[] ids, float[] gradients, long eventTimeMs) {
        List<TableSpec> specs = KillTables.specs();
        int[] starts = new int[specs.size() + 1];
        for (int after = table + 1; after <= specs.size(); after++) {
            starts[after] = ids.length;
        }
        int group = specs.get(table).keyGroup(ids[0], KillTables.KEY_GROUPS);
        int key = 0;
        while (KeyGroupRangeAssignment.assignToKeyGroup(key, KillTables.KEY_GROUPS) != group) {
            key++;
        }
        return new GradientBlock(key, starts, ids, gradients, eventTimeMs);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        covered.update(List.of(next));
        coveredBy.put(context.getCheckpointId(), next);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        Long number = coveredBy.get(checkpointId);
        coveredBy.headMap(checkpointId, true).clear();
        if (number != null) {
            System.out.println(Victim.KEPT + number);
        }
    }
}
