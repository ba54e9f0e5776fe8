package io.freshet.flink.rows;

import io.freshet.contracts.update.KeyGroups;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorts the row gradients of a batch by the key group that owns the row: one {@link GradientBlock} per group touched, in
 * the order of the groups.
 *
 * <p>Not thread-safe: it reuses its counters.
 */
public final class GradientRouter {
    private final List<TableSpec> specs;
    private final KeyGroupKeys keys;
    private final int[][] rowsByGroup; // [key group][table]
    private final int[][] groupOfRow; // [table][row]

    /** A router for the tables of a pipeline and the maximum parallelism of its rows. */
    public GradientRouter(List<TableSpec> specs, int maxParallelism) {
        this.specs = specs;
        this.keys = new KeyGroupKeys(maxParallelism);
        this.rowsByGroup = new int[maxParallelism][specs.size()];
        this.groupOfRow = new int[specs.size()][0];
    }

    /** The blocks of a batch after its step. */
    public List<GradientBlock> route(RankerBatch batch, long timeMs) {
        count(batch);
        Filling[] fillings = new Filling[keys.count()];
        List<GradientBlock> blocks = new ArrayList<>();
        for (int group = 0; group < fillings.length; group++) {
            if (isTouched(group)) {
                fillings[group] = new Filling(keys.keyOf(group), rowsByGroup[group], timeMs);
                blocks.add(fillings[group].block);
            }
        }
        for (TableSpec spec : specs) {
            TableBatch table = batch.table(spec.index());
            for (int row = 0; row < table.count(); row++) {
                fillings[groupOfRow[spec.index()][row]].add(table, row, spec.width());
            }
        }
        return blocks;
    }

    private boolean isTouched(int group) {
        for (int rows : rowsByGroup[group]) {
            if (rows > 0) {
                return true;
            }
        }
        return false;
    }

    private void count(RankerBatch batch) {
        for (int[] rows : rowsByGroup) {
            Arrays.fill(rows, 0);
        }
        for (TableSpec spec : specs) {
            TableBatch table = batch.table(spec.index());
            int[] groups = groupOfRow[spec.index()];
            if (groups.length < table.count()) {
                groups = new int[2 * table.count()];
                groupOfRow[spec.index()] = groups;
            }
            for (int row = 0; row < table.count(); row++) {
                groups[row] = KeyGroups.of(spec.name(), table.ids()[row], keys.count());
                rowsByGroup[groups[row]][spec.index()]++;
            }
        }
    }

    /** A block that is being filled: rows arrive table after table, as the block holds them. */
    private final class Filling {
        private final GradientBlock block;
        private int ids;
        private int floats;

        Filling(int key, int[] rowsByTable, long timeMs) {
            int[] starts = new int[rowsByTable.length + 1];
            int width = 0;
            for (TableSpec spec : specs) {
                starts[spec.index() + 1] = starts[spec.index()] + rowsByTable[spec.index()];
                width += rowsByTable[spec.index()] * spec.width();
            }
            block = new GradientBlock(key, starts, new long[starts[rowsByTable.length]], new float[width], timeMs);
        }

        void add(TableBatch table, int row, int width) {
            block.ids()[ids++] = table.ids()[row];
            System.arraycopy(table.gradients(), row * width, block.gradients(), floats, width);
            floats += width;
        }
    }
}
