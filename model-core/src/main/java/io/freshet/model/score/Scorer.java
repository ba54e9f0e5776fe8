package io.freshet.model.score;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.engine.Arguments;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;

/** Scores batches with given weights. Thread-safe: each thread brings its own batch. */
public final class Scorer implements AutoCloseable {
    private final ModelPlan plan;
    private final NDManager manager;
    private final ScriptModule module;

    /**
     * A scorer of a ranker.
     *
     * @param device auto, cpu or cuda:N
     * @throws IllegalArgumentException if the device is not there
     */
    public Scorer(ModelPlan plan, String device) {
        this.plan = plan;
        manager = Engines.newManager(Engines.device(device));
        module = new ScriptModule(
                ScriptArchive.of(new RankerScript(plan.program(), plan.tasks().size()).source()), manager.getDevice());
    }

    /**
     * Brings a dense vector to the device. The caller is its first user, and closes it.
     *
     * @throws IllegalArgumentException if it is not as long as this ranker's
     */
    public DenseWeights load(float[] dense) {
        if (dense.length != plan.denseSize()) {
            throw new IllegalArgumentException("The ranker has %d dense weights, but got %d: they are of another model."
                    .formatted(plan.denseSize(), dense.length));
        }
        return new DenseWeights(Engines.newManager(manager.getDevice()), dense);
    }

    /**
     * Scores a batch whose rows are filled in. The caller must be a user of the weights until this returns.
     *
     * @return [B, tasks], the chances of the actions, example after example
     */
    public float[] score(DenseWeights weights, RankerBatch batch) {
        Engines.prepareThread(false);
        try (NDManager call = manager.newSubManager()) {
            NDList arguments = new NDList(weights.dense()).addAll(new Arguments(call).features(batch));
            NDList results = module.run(RankerScript.SCORE, arguments, false, call);
            return probabilities(results.head(), batch.size() * plan.tasks().size());
        }
    }

    private static float[] probabilities(NDArray logits, int count) {
        float[] values = new float[count];
        logits.toByteBuffer(true).asFloatBuffer().get(values);
        for (int i = 0; i < count; i++) {
            values[i] = (float) (1 / (1 + Math.exp(-values[i])));
        }
        return values;
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
