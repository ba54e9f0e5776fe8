package io.freshet.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.batch.DirectArray;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.engine.Arguments;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.layer.SparseMoe;
import io.freshet.model.metric.ExpertRows;
import io.freshet.model.program.Program;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.ranker.RankerArchive;
import io.freshet.model.script.RankerScript;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns from batches: scores one, takes the gradients of its loss, has Adagrad change the dense weights, and leaves
 * the gradients of the rows in the batch. All that is one call of the ranker's script.
 *
 * <p>Dense weights learn from the mean loss of the batch, rows from the sum: a row's gradient must not shrink because
 * other examples share its batch.
 *
 * <p>On a CPU with one thread the same batches give the same bits. Owned by one thread.
 */
public final class TrainingStep implements AutoCloseable {
    private static final String ROWS = "." + SparseMoe.ROWS;

    private final ModelPlan plan;
    private final ScriptModule module;
    private final NDManager manager;
    private final NDArray learnt; // [priorOffset]
    private final NDArray accumulator; // [priorOffset]
    private final NDList arguments; // That stay from step to step.
    private final DirectArray labelMemory = new DirectArray();
    private final DirectArray weightMemory = new DirectArray();
    private final DirectArray priorMemory = new DirectArray();
    private final LabelPrior prior;
    private long steps;

    /**
     * A step that goes on from a state.
     *
     * @throws IllegalArgumentException if the state belongs to another model, or the device is not there
     */
    public TrainingStep(ModelPlan plan, TrainingConfig config, DenseState state) {
        if (!state.fingerprint().equals(plan.fingerprint())) {
            throw new IllegalArgumentException(("The state is of model %s, but the pipeline file describes model %s."
                            + " Start without state, or restore the file.")
                    .formatted(state.fingerprint(), plan.fingerprint()));
        }
        this.plan = plan;
        Engines.useThreads(config.threads());
        manager = Engines.newManager(Engines.device(config.device()));
        module = new ScriptModule(RankerArchive.withoutWeights(plan), manager.getDevice());
        learnt = manager.create(Arrays.copyOf(state.weights(), plan.priorOffset()));
        accumulator = manager.create(state.accumulator());
        arguments = new NDList(
                named("weights[]", learnt),
                named("gradients[]", manager.create(new Shape(plan.priorOffset()))),
                named("accumulators[]", accumulator),
                // Adagrad needs the number of the step for a decay of the rate only.
                named("steps[]", manager.create(1f)),
                manager.create(config.optimizer().learningRate()));
        prior = new LabelPrior(state.positives(), state.negatives());
        steps = state.steps();
    }

    /**
     * Scores a batch, then learns from it. The rows of the batch must be filled in; their gradients are in
     * {@link TableBatch#gradients} afterwards.
     *
     * @throws IllegalArgumentException if labels or weights are not as many as the examples need
     */
    public StepResult run(RankerBatch batch, Labels labels) {
        int tasks = plan.tasks().size();
        Engines.prepareThread(false);
        check("labels", labels.labels(), batch.size() * tasks);
        check("weights", labels.weights(), batch.size());
        try (NDManager call = manager.newSubManager()) {
            Arguments own = new Arguments(call);
            NDList all = new NDList(arguments).addAll(own.features(batch));
            all.add(own.of(put(priorMemory, prior.logOdds()), DataType.FLOAT32, tasks));
            all.add(own.of(put(labelMemory, labels.labels()), DataType.FLOAT32, batch.size(), tasks));
            all.add(own.of(put(weightMemory, labels.weights()), DataType.FLOAT32, batch.size()));
            NDList results = module.run(RankerScript.TRAIN, all, plan.module().isPresent(), call);
            takeRowGradients(batch, results);
            prior.count(labels, tasks);
            steps++;
            return new StepResult(results.get(0).getFloat(), floats(results.get(1)), experts(results));
        }
    }

    private void takeRowGradients(RankerBatch batch, NDList results) {
        int next = 2;
        for (TableBatch table : batch.tables()) {
            if (!table.table().slots().isEmpty()) {
                FloatBuffer meanLoss = results.get(next++).toByteBuffer(true).asFloatBuffer();
                table.setGradients(meanLoss, batch.size());
            }
        }
    }

    /** Watched tensors come last. */
    private List<ExpertRows> experts(NDList results) {
        List<Program.Watched> watched = plan.program().watched();
        List<ExpertRows> experts = new ArrayList<>();
        for (int i = 0; i < watched.size(); i++) {
            String name = watched.get(i).name();
            if (name.endsWith(ROWS)) {
                NDArray rows = results.get(results.size() - watched.size() + i);
                int ofPosition = watched.get(i).tensor().shape().size(1);
                String layer = name.substring(0, name.length() - ROWS.length());
                experts.add(new ExpertRows(layer, ofPosition, floats(rows)));
            }
        }
        return experts;
    }

    /** A copy of everything that a restored step needs to go on with the same bits. */
    public DenseState snapshot() {
        return new DenseState(
                plan.fingerprint(), steps, weights(), floats(accumulator), prior.positives(), prior.negatives());
    }

    /** A copy of the dense vector, as servers get it. */
    public float[] weights() {
        float[] dense = new float[plan.denseSize()];
        learnt.toByteBuffer(true).asFloatBuffer().get(dense, 0, plan.priorOffset());
        System.arraycopy(
                prior.logOdds(), 0, dense, plan.priorOffset(), plan.tasks().size());
        return dense;
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }

    private static NDArray named(String name, NDArray array) {
        array.setName(name);
        return array;
    }

    private static DirectArray put(DirectArray memory, float[] values) {
        memory.reset(values.length);
        memory.floats().put(values);
        return memory;
    }

    private static float[] floats(NDArray array) {
        float[] values = new float[Math.toIntExact(array.size())];
        array.toByteBuffer(true).asFloatBuffer().get(values);
        return values;
    }

    private static void check(String what, float[] values, int expected) {
        if (values.length != expected) {
            throw new IllegalArgumentException(
                    "The batch needs %d %s, but got %d.".formatted(expected, what, values.length));
        }
    }
}
