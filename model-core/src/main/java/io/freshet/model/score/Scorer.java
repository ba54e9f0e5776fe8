package io.freshet.model.score;

import io.freshet.model.batch.RankerBatch;
import io.freshet.model.ranker.ModelPlan;

/** Scores batches with given weights. Thread-safe: each thread brings its own batch. */
public final class Scorer implements AutoCloseable {
    /**
     * A scorer of a ranker.
     *
     * @param device auto, cpu or cuda:N
     */
    public Scorer(ModelPlan plan, String device) {
        throw new UnsupportedOperationException();
    }

    /** Brings a dense vector to the device. */
    public DenseWeights load(float[] dense) {
        throw new UnsupportedOperationException();
    }

    /** [B, tasks], the chances of the actions. */
    public float[] score(DenseWeights weights, RankerBatch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
