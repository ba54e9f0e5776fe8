package io.freshet.flink.rows;

/**
 * The row gradients of one batch that belong to one key group: what travels from the trainer to the rows' owner.
 *
 * @param key maps to the key group, see {@link KeyGroupKeys}
 * @param tableStarts [tables + 1]: the rows of table t are {@code ids[tableStarts[t] .. tableStarts[t + 1])}
 * @param ids row ids, table after table
 * @param gradients one after the other, as wide as the rows of their table
 * @param timeMs event time of the youngest example of the batch
 */
public record GradientBlock(int key, int[] tableStarts, long[] ids, float[] gradients, long timeMs) {}
