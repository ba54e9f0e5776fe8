package io.freshet.store.optimizer;

/**
 * What the weights of a row are.
 *
 * @param dimension floats of the embedding
 * @param wide whether one more float, the bias, follows the embedding
 */
public record RowShape(int dimension, boolean wide) {
    /** Refuses shapes that no row can have. */
    public RowShape {
        if (dimension < 1) {
            throw new IllegalArgumentException(
                    "The embedding of a row has at least 1 float, not %d.".formatted(dimension));
        }
    }

    /** Floats of weights. */
    public int width() {
        return dimension + (wide ? 1 : 0);
    }

    /**
     * Copies what two shapes have in common: the first columns of the embedding, and the bias where both have one.
     *
     * @param from a number for each weight of a row of this shape, from {@code fromAt} on
     * @param to one for each weight of a row of {@code toShape}, from {@code toAt} on
     */
    public void copyShared(float[] from, int fromAt, RowShape toShape, float[] to, int toAt) {
        System.arraycopy(from, fromAt, to, toAt, Math.min(dimension, toShape.dimension));
        if (wide && toShape.wide) {
            to[toAt + toShape.dimension] = from[fromAt + dimension];
        }
    }
}
