package io.freshet.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.contracts.pipeline.TrainingConfig.Precision;
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
import io.freshet.model.ranker.TaskTargets;
import io.freshet.model.ranker.TaskTargets.Targets;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.StepTail;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Learns from batches: scores one, takes the gradients of its loss, has the optimizer change the dense weights, and
 * leaves the gradients of the rows in the batch. All that is one call of the ranker's script.
 *
 * <p>Dense weights learn from the mean loss of the batch, rows from the sum: a row's gradient must not shrink because
 * other examples share its batch. The mean divides by the number of examples, whatever their weights and masks are: an
 * example of weight 2 counts like two of weight 1 in a batch of the same size, and a masked label like one whose loss is
 * 0. Only the dense gradient is clipped.
 *
 * <p>A batch whose loss or whose gradients are not finite changes nothing but the counts of steps: neither weights, nor
 * the optimizer, nor the priors; gradients of rows are 0. The result names the {@link Fault}.
 *
 * <p>On a CPU with one thread the same batches give the same bits. Owned by one thread.
 */
public final class TrainingStep implements AutoCloseable {
    /** Place of the first table's gradients among the results. */
    private static final int ROWS_AT = 3;

    private final ModelPlan plan;
    private final TaskTargets targets;
    private final ScriptModule module;
    private final NDManager manager;
    private final DenseVectors dense;
    private final FaultFinder faults;
    private final DirectArray labelMemory = new DirectArray();
    private final DirectArray labelWeightMemory = new DirectArray();
    private final DirectArray weightMemory = new DirectArray();
    private final DirectArray priorMemory = new DirectArray();
    private final LabelPrior prior;
    private long steps;
    private long skipped;

    /**
     * A step that goes on from a state.
     *
     * @throws IllegalArgumentException if the state belongs to another model, or to another optimizer and the pipeline
     *     file does not say to reset it, or the device is not there
     */
    public TrainingStep(ModelPlan plan, TrainingConfig config, DenseState state) {
        this(plan, config, state, config.precision());
    }

    /** A step with products of any precision on any device; a CPU has no use for bf16, but tests have. */
    TrainingStep(ModelPlan plan, TrainingConfig config, DenseState state, Precision products) {
        if (!state.fingerprint().equals(plan.fingerprint())) {
            throw new IllegalArgumentException(("The state is of model %s, but the pipeline file describes model %s."
                            + " Start without state; or restore the file; or set restore.model-changed to start-over.")
                    .formatted(state.fingerprint(), plan.fingerprint()));
        }
        OptimizerState optimizer = state.optimizer().under(config.optimizer(), plan.priorOffset());
        this.plan = plan;
        targets = plan.targets();
        Engines.useThreads(config.threads());
        StepTail tail = new StepTail(config.optimizer(), config.clipNorm());
        manager = Engines.newManager(Engines.device(config.device()));
        module = new ScriptModule(RankerArchive.forTraining(plan, tail, products), manager.getDevice());
        dense = new DenseVectors(manager, plan, config, state.weights(), optimizer);
        faults = new FaultFinder(plan, manager.getDevice());
        prior = new LabelPrior(plan.taskConfigs(), state.positives(), state.negatives());
        steps = state.steps();
        skipped = state.skipped();
    }

    /**
     * Scores a batch, then learns from it. The rows of the batch must be filled in; their gradients are in
     * {@link TableBatch#gradients} afterwards.
     *
     * @param labels a label that is NaN is missing
     * @throws IllegalArgumentException if labels or weights are not as many as the examples need
     */
    public StepResult run(RankerBatch batch, Labels labels) {
        int tasks = plan.tasks().size();
        Engines.prepareThread(false);
        check("labels", labels.labels(), batch.size() * tasks);
        check("weights", labels.weights(), batch.size());
        Targets held = targets.of(labels.labels());
        try (NDManager call = manager.newSubManager()) {
            Arguments own = new Arguments(call);
            NDList inputs = own.features(batch);
            inputs.add(own.of(put(priorMemory, prior.logOdds()), DataType.FLOAT32, tasks));
            inputs.add(own.of(put(labelMemory, held.labels()), DataType.FLOAT32, batch.size(), tasks));
            inputs.add(own.of(put(labelWeightMemory, labelWeights(held)), DataType.FLOAT32, batch.size(), tasks));
            inputs.add(own.of(put(weightMemory, labels.weights()), DataType.FLOAT32, batch.size()));
            NDList all = dense.arguments(call).addAll(inputs);
            NDList results = module.run(RankerScript.TRAIN, all, plan.module().isPresent(), call);
            float[] logits = floats(results.get(1));
            FloatBuffer health = results.get(2).toByteBuffer(true).asFloatBuffer();
            Optional<Fault> fault = Optional.empty();
            steps++;
            if (health.get(0) == 1) {
                takeRowGradients(batch, results);
                prior.count(held, labels.weights());
                dense.updated();
            } else {
                fault = Optional.of(skip(batch, inputs, results, call));
            }
            return new StepResult(results.get(0).getFloat(), logits, held, health.get(1), fault, experts(results));
        }
    }

    private Fault skip(RankerBatch batch, NDList inputs, NDList results, NDManager call) {
        skipped++;
        batch.tables().forEach(TableBatch::clearGradients);
        int watchedAt = results.size() - plan.program().watched().size();
        List<NDArray> rows = results.subList(ROWS_AT, watchedAt);
        return faults.find(batch, inputs, new FaultFinder.Remains(dense.weights(), dense.gradient(), rows), call);
    }

    /** Weight of each label in the loss, that of its example apart: [B, tasks]. */
    private float[] labelWeights(Targets held) {
        List<TaskConfig> tasks = plan.taskConfigs();
        float[] weights = held.masks().clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= (float) tasks.get(i % tasks.size()).weight();
        }
        return weights;
    }

    private void takeRowGradients(RankerBatch batch, NDList results) {
        int next = ROWS_AT;
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
            NDArray value = results.get(results.size() - watched.size() + i);
            int last = watched.get(i).tensor().shape().size(-1);
            SparseMoe.layerOfRows(watched.get(i).name())
                    .ifPresent(layer -> experts.add(new ExpertRows(layer, last, floats(value))));
        }
        return experts;
    }

    /** A copy of everything that a restored step needs to go on with the same bits. */
    public DenseState snapshot() {
        return new DenseState(
                plan.fingerprint(), steps, skipped, weights(), dense.state(), prior.positives(), prior.negatives());
    }

    /** A copy of the dense vector, as servers get it. */
    public float[] weights() {
        float[] all = new float[plan.denseSize()];
        dense.weights().toByteBuffer(true).asFloatBuffer().get(all, 0, plan.priorOffset());
        System.arraycopy(
                prior.logOdds(), 0, all, plan.priorOffset(), plan.tasks().size());
        return all;
    }

    @Override
    public void close() {
        faults.close();
        module.close();
        manager.close();
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
