package io.freshet.store.codec;

/**
 * How far published embeddings are from the trained ones. A weight's error counts as a share of its row's range, the
 * largest weight of the embedding less the smallest; a row without range is left out. Threads: one.
 */
public final class RoundTripError {
    private double most;
    private double sum;
    private long weights;

    /**
     * Counts a row.
     *
     * @param trained the embedding is the first {@code dimension} of it
     * @param published the same row encoded and decoded
     */
    public void add(float[] trained, float[] published, int dimension) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double rowMost = 0;
        double rowSum = 0;
        for (int i = 0; i < dimension; i++) {
            least = Math.min(least, trained[i]);
            largest = Math.max(largest, trained[i]);
            double error = Math.abs((double) trained[i] - published[i]);
            rowMost = Math.max(rowMost, error);
            rowSum += error;
        }
        double range = largest - least;
        if (range > 0) {
            most = Math.max(most, rowMost / range);
            sum += rowSum / range;
            weights += dimension;
        }
    }

    /** The largest error; 0 when there was no row. */
    public double max() {
        return most;
    }

    /** The mean error over all weights; 0 when there was no row. */
    public double mean() {
        return weights == 0 ? 0 : sum / weights;
    }
}
