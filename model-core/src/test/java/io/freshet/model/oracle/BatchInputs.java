package io.freshet.model.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;

/** What a batch feeds a program, for the oracle. */
public final class BatchInputs {
    private BatchInputs() {}

    /** The inputs that logits need, by name; no prior is known yet. */
    public static Map<String, NDArray> of(NDManager manager, ModelPlan plan, RankerBatch batch) {
        Map<String, NDArray> inputs = new HashMap<>();
        for (TableBatch table : batch.tables()) {
            String name = table.table().name();
            double[] rows = doubles(table.rows());
            inputs.put(
                    "rows." + name,
                    Oracle.doubles(manager, rows, table.count(), table.table().width()));
            inputs.put(
                    "indices." + name, manager.create(ints(table.indexMemory().ints())));
            inputs.put(
                    "offsets." + name, manager.create(ints(table.offsetMemory().ints())));
            double[] weights = doubles(table.weightMemory().floats());
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 1 / (double) Math.round(1 / weights[i]); // One over a length, in double precision.
            }
            inputs.put("weights." + name, Oracle.doubles(manager, weights, weights.length));
        }
        double[] numbers = doubles(batch.numberMemory().floats());
        int perExample = plan.features().numbers().size();
        inputs.put("numbers", Oracle.doubles(manager, numbers, batch.size(), perExample));
        int tasks = plan.tasks().size();
        inputs.put("prior", Oracle.doubles(manager, new double[tasks], tasks));
        return inputs;
    }

    /** The numbers of a buffer. */
    public static double[] doubles(FloatBuffer floats) {
        double[] doubles = new double[floats.remaining()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats.get(i);
        }
        return doubles;
    }

    private static int[] ints(IntBuffer buffer) {
        int[] ints = new int[buffer.remaining()];
        buffer.get(ints);
        return ints;
    }
}
