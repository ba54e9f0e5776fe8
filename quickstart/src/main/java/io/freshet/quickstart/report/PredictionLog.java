package io.freshet.quickstart.report;

import io.freshet.flink.train.PredictionListener;
import io.freshet.model.metric.Auc;
import java.util.Arrays;

/**
 * Every prediction of the first task in training order, each made before its example was learnt.
 *
 * <p>Exact where the job's own gauges are binned: AUC is computed from all pairs, and so is that of the second half, the
 * later half of the examples in training order. When the trainer falls back to a checkpoint, so does this log. Takes 9
 * bytes for an example. Safe from any thread.
 */
public final class PredictionLog implements PredictionListener {
    private final int tasks;
    private float[] predictions = new float[1 << 16];
    private float[] weights = new float[1 << 16];
    private byte[] labels = new byte[1 << 16];
    private int size;
    private long firstNanos;
    private long lastNanos;
    private long heard;

    /** @param tasks how many predictions an example has */
    public PredictionLog(int tasks) {
        this.tasks = tasks;
    }

    @Override
    public synchronized void onBatch(
            long firstExample, float[] batchPredictions, float[] batchLabels, float[] batchWeights) {
        if (heard == 0) {
            firstNanos = System.nanoTime();
        }
        lastNanos = System.nanoTime();
        heard += batchWeights.length;
        size = Math.min(size, Math.toIntExact(firstExample));
        reserve(size + batchWeights.length);
        for (int i = 0; i < batchWeights.length; i++) {
            boolean isKnown = !Float.isNaN(batchLabels[i * tasks]); // Else it weighs nothing, and its score may be NaN.
            predictions[size] = isKnown ? batchPredictions[i * tasks] : 0;
            labels[size] = (byte) (batchLabels[i * tasks] > 0.5f ? 1 : 0);
            weights[size] = isKnown ? batchWeights[i] : 0;
            size++;
        }
    }

    /** Examples that the surviving model has learnt, up to the batch before this moment. */
    public synchronized long examples() {
        return size;
    }

    /** Quality over everything heard so far. */
    public synchronized ProgressiveQuality quality() {
        double logLoss = 0;
        double observed = 0;
        double predicted = 0;
        double weight = 0;
        for (int i = 0; i < size; i++) {
            double p = Math.min(Math.max(predictions[i], 1e-7), 1 - 1e-7);
            logLoss -= weights[i] * Math.log(labels[i] == 1 ? p : 1 - p);
            observed += weights[i] * labels[i];
            predicted += weights[i] * predictions[i];
            weight += weights[i];
        }
        double baseRate = observed / weight;
        double entropy = -baseRate * Math.log(baseRate) - (1 - baseRate) * Math.log(1 - baseRate);
        return new ProgressiveQuality(
                auc(0, size),
                auc(size / 2, size),
                finite(logLoss / weight),
                finite(logLoss / weight / entropy),
                finite(predicted / observed));
    }

    /** Examples a second between the first and the last batch heard, null before the second batch. */
    public synchronized Double examplesPerSecond() {
        return lastNanos > firstNanos ? heard * 1e9 / (lastNanos - firstNanos) : null;
    }

    private Double auc(int from, int to) {
        float[] known = Arrays.copyOfRange(weights, from, to);
        for (int i = 0; i < known.length; i++) {
            known[i] = known[i] > 0 ? 1 : 0;
        }
        return finite(
                Auc.exact(Arrays.copyOfRange(predictions, from, to), Arrays.copyOfRange(labels, from, to), known));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private void reserve(int capacity) {
        if (capacity > labels.length) {
            int grown = Math.max(capacity, labels.length * 2);
            predictions = Arrays.copyOf(predictions, grown);
            weights = Arrays.copyOf(weights, grown);
            labels = Arrays.copyOf(labels, grown);
        }
    }
}
