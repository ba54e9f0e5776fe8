package io.freshet.model.step;

import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.ranker.ModelPlan;

/** Learns from batches. Owned by one thread. */
public final class TrainingStep implements AutoCloseable {
    /** A step that goes on from a state. */
    public TrainingStep(ModelPlan plan, TrainingConfig config, DenseState state) {
        throw new UnsupportedOperationException();
    }

    /** Scores a batch, learns from it, and leaves the gradients of its rows in the batch. */
    public StepResult run(RankerBatch batch, Labels labels) {
        throw new UnsupportedOperationException();
    }

    /** A copy of everything that a restored step needs. */
    public DenseState snapshot() {
        throw new UnsupportedOperationException();
    }

    /** A copy of the dense vector, as servers get it. */
    public float[] weights() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
