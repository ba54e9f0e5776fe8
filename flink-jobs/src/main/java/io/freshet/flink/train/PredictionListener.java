package io.freshet.flink.train;

/**
 * Is told every prediction that the trainer makes, before the example is learnt, in training order.
 *
 * <p>For tools that live in the trainer's own process, such as the quickstart's report. Called from the task thread:
 * must be quick and must not throw.
 */
@FunctionalInterface
public interface PredictionListener {
    /**
     * A batch was scored and then learnt, or skipped: then all labels are NaN, and predictions may be.
     *
     * @param firstExample how many examples the surviving model had learnt before this batch; after a restart it falls
     *     back to that of the restored checkpoint, and what was heard from there on no longer counts
     * @param predictions [B, tasks] probabilities, and values where a task is a regression
     * @param labels [B, tasks] 0 or 1, or a regression's value; NaN where there is none, and for products
     * @param weights [B] importance of each example
     */
    void onBatch(long firstExample, float[] predictions, float[] labels, float[] weights);
}
