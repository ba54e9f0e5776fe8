package io.freshet.model.score;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.engine.Arguments;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.ranker.RankerArchive;
import io.freshet.model.script.RankerScript;
import java.util.Optional;

/** Scores batches with given weights. Thread-safe: each thread brings its own batch. */
public final class Scorer implements AutoCloseable {
    private final ModelPlan plan;
    private final NDManager manager;
    private final Optional<ScriptModule> shared; // By all versions, unless each has its weights inside.

    /**
     * A scorer of a ranker.
     *
     * @param device auto, cpu or cuda:N
     * @throws IllegalArgumentException if the device is not there
     */
    public Scorer(ModelPlan plan, String device) {
        this.plan = plan;
        manager = Engines.newManager(Engines.device(device));
        shared = plan.module().isPresent()
                ? Optional.empty()
                : Optional.of(new ScriptModule(RankerArchive.forScoring(plan), manager.getDevice()));
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
        if (shared.isEmpty()) {
            byte[] archive = RankerArchive.withWeights(plan, dense).toBytes();
            return DenseWeights.inside(new ScriptModule(archive, manager.getDevice()));
        }
        return DenseWeights.of(shared.get(), Engines.newManager(manager.getDevice()), dense);
    }

    /**
     * Scores a batch whose rows are filled in. The caller must be a user of the weights until this returns.
     *
     * @return [B, tasks], example after example: chances of the actions, and for a regression the value
     */
    public float[] score(DenseWeights weights, RankerBatch batch) {
        Engines.prepareThread(false);
        try (NDManager call = manager.newSubManager()) {
            NDList arguments = new NDList(weights.arguments()).addAll(new Arguments(call).features(batch));
            NDList results = weights.module().run(RankerScript.SCORE, arguments, false, call);
            return plan.predictions(floats(results.head()));
        }
    }

    private static float[] floats(NDArray logits) {
        float[] values = new float[Math.toIntExact(logits.size())];
        logits.toByteBuffer(true).asFloatBuffer().get(values);
        return values;
    }

    @Override
    public void close() {
        shared.ifPresent(ScriptModule::close);
        manager.close();
    }
}
