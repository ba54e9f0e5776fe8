package io.freshet.model.step;

import io.freshet.model.batch.Labels;

/**
 * Log-odds of each task's label over the stream so far. Added to the logit, it spares the ranker from learning the base
 * rate out of small steps, so that predictions are calibrated from the start. Not thread-safe.
 */
final class LabelPrior {
    /** As many imagined examples, half of them positive, start the count. */
    private static final double IMAGINED = 50;

    private final double[] positives;
    private final double[] negatives;

    LabelPrior(double[] positives, double[] negatives) {
        this.positives = positives.clone();
        this.negatives = negatives.clone();
    }

    /** [tasks] */
    float[] logOdds() {
        float[] logOdds = new float[positives.length];
        for (int task = 0; task < logOdds.length; task++) {
            logOdds[task] = (float) Math.log((positives[task] + IMAGINED / 2) / (negatives[task] + IMAGINED / 2));
        }
        return logOdds;
    }

    void count(Labels labels, int tasks) {
        for (int example = 0; example < labels.weights().length; example++) {
            for (int task = 0; task < tasks; task++) {
                float label = labels.labels()[example * tasks + task];
                positives[task] += (double) label * labels.weights()[example];
                negatives[task] += (double) (1 - label) * labels.weights()[example];
            }
        }
    }

    double[] positives() {
        return positives.clone();
    }

    double[] negatives() {
        return negatives.clone();
    }
}
