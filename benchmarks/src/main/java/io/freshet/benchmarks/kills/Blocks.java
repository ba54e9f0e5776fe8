package io.freshet.benchmarks.kills;

import io.freshet.store.table.TableSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Operations as a job's rows operator gets them: only steps, and those of each key group apart. What else there is to do,
 * a job does by itself.
 *
 * <p>Threads: one.
 */
final class Blocks {
    private final Operations operations;
    private final List<TableSpec> specs;

    Blocks(Operations operations, List<TableSpec> specs) {
        this.operations = operations;
        this.specs = specs;
    }

    /** Does the operation of a number. */
    void run(long number, Operations.Target target) {
        operations.run(number, new Operations.Target() {
            @Override
            public void apply(int table, long[] ids, float[] gradients, long eventTimeMs) {
                for (int group = 0; group < KillTables.KEY_GROUPS; group++) {
                    applyGroup(group, new Step(table, ids, gradients, eventTimeMs), target);
                }
            }

            @Override
            public void checkpoint() {}

            @Override
            public void committed() {}
        });
    }

    private record Step(int table, long[] ids, float[] gradients, long eventTimeMs) {}

    private void applyGroup(int group, Step step, Operations.Target target) {
        TableSpec spec = specs.get(step.table);
        int[] rows = IntStream.range(0, step.ids.length)
                .filter(row -> spec.keyGroup(step.ids[row], KillTables.KEY_GROUPS) == group)
                .toArray();
        if (rows.length == 0) {
            return;
        }
        float[] gradients = new float[rows.length * spec.width()];
        for (int i = 0; i < rows.length; i++) {
            float[] gradient = ExpectedTable.slice(step.gradients, rows[i], spec.width());
            System.arraycopy(gradient, 0, gradients, i * spec.width(), spec.width());
        }
        long[] ids = Arrays.stream(rows).mapToLong(row -> step.ids[row]).toArray();
        target.apply(step.table, ids, gradients, step.eventTimeMs);
    }
}
