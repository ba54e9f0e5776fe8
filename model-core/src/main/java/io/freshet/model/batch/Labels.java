package io.freshet.model.batch;

/**
 * What became of the examples of a batch.
 *
 * @param labels [B, tasks], example after example: 1 if the action followed, otherwise 0; for a regression the action's
 *     value; NaN where it is not known
 * @param weights [B] of the examples in the loss; 1 unless negatives are sampled
 */
public record Labels(float[] labels, float[] weights) {}
