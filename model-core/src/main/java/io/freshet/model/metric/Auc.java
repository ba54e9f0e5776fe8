package io.freshet.model.metric;

import java.util.Arrays;

/** Area under the ROC curve: the chance that a positive example scores above a negative one, ties counting half. */
public final class Auc {
    private Auc() {}

    /**
     * Exact AUC of examples that weigh the same.
     *
     * @param labels 1 for a positive, 0 for a negative
     * @return NaN if one of the two kinds is missing
     * @throws IllegalArgumentException if the lengths differ
     */
    public static double exact(float[] scores, byte[] labels) {
        float[] weights = new float[scores.length];
        Arrays.fill(weights, 1);
        return exact(scores, labels, weights);
    }

    /** Exact AUC of weighted examples. */
    public static double exact(float[] scores, byte[] labels, float[] weights) {
        if (scores.length != labels.length || scores.length != weights.length) {
            throw new IllegalArgumentException("Got %d scores, %d labels and %d weights; all must be as many."
                    .formatted(scores.length, labels.length, weights.length));
        }
        long[] ranked = new long[scores.length];
        for (int i = 0; i < scores.length; i++) {
            ranked[i] = (long) orderOf(scores[i]) << 32 | i;
        }
        Arrays.sort(ranked);
        Ranks ranks = new Ranks();
        for (int i = 0; i < ranked.length; i++) {
            int example = (int) ranked[i];
            boolean isNewScore = i == 0 || ranked[i] >> 32 != ranked[i - 1] >> 32;
            ranks.add(isNewScore, labels[example] == 1, weights[example]);
        }
        return ranks.auc();
    }

    /** AUC of examples in classes that rise in score: positive and negative weight of each class. */
    static double ofClasses(double[] positives, double[] negatives) {
        Ranks ranks = new Ranks();
        for (int i = 0; i < positives.length; i++) {
            ranks.add(true, true, positives[i]);
            ranks.add(false, false, negatives[i]);
        }
        return ranks.auc();
    }

    /** An integer that rises with the number; -0 and 0 are the same. */
    private static int orderOf(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
    }

    /** Takes weights in the order of rising scores. */
    private static final class Ranks {
        private double won; // Pairs of a positive with a negative below it; half a pair for a tie.
        private double below;
        private double positives;
        private double tiedPositives;
        private double tiedNegatives;

        void add(boolean isNewScore, boolean isPositive, double weight) {
            if (isNewScore) {
                closeTie();
            }
            if (isPositive) {
                tiedPositives += weight;
            } else {
                tiedNegatives += weight;
            }
        }

        private void closeTie() {
            won += tiedPositives * (below + tiedNegatives / 2);
            below += tiedNegatives;
            positives += tiedPositives;
            tiedPositives = 0;
            tiedNegatives = 0;
        }

        double auc() {
            closeTie();
            return won / (positives * below); // 0 / 0 is NaN, as promised.
        }
    }
}
