package io.freshet.benchmarks.run;

import io.freshet.model.metric.Auc;
import java.util.Arrays;

/** Every prediction of a pass, and what became of it. One thread. */
public final class Scores {
    private float[] logits = new float[1 << 16];
    private byte[] labels = new byte[1 << 16];
    private int count;
    private double loss;

    /**
     * The next prediction.
     *
     * @throws IllegalStateException when it is no finite number
     */
    public void add(float logit, boolean label) {
        if (!Float.isFinite(logit)) {
            throw new IllegalStateException("The logit of example %,d is %f: the ranker has diverged. Lower the rates."
                    .formatted(count, logit));
        }
        if (count == logits.length) {
            logits = Arrays.copyOf(logits, 2 * count);
            labels = Arrays.copyOf(labels, 2 * count);
        }
        logits[count] = logit;
        labels[count++] = (byte) (label ? 1 : 0);
        loss += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - (label ? logit : 0);
    }

    /** How good they were; the arguments are passed on. */
    public Quality quality(int parameters, double seconds) {
        return new Quality(auc(0), auc(count / 2), loss / count, parameters, seconds);
    }

    private double auc(int from) {
        return Auc.exact(Arrays.copyOfRange(logits, from, count), Arrays.copyOfRange(labels, from, count));
    }
}
