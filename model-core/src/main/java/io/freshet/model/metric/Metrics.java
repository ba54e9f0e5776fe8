package io.freshet.model.metric;

/**
 * How good some predictions were. What is not defined (no example, or only one kind of label) is NaN.
 *
 * @param examples how many
 * @param positives their positive labels, by weight; of a regression the sum of the values
 * @param auc area under the ROC curve
 * @param logLoss mean cross entropy, in nats
 * @param normalizedEntropy log loss over the entropy of the base rate of the same examples: below 1 is better than
 *     always predicting that rate
 * @param calibration predicted positives over observed ones; of a regression the same with values
 * @param meanSquaredError of a regression; NaN for a probability, as AUC, log loss and entropy are NaN for a regression
 */
public record Metrics(
        long examples,
        double positives,
        double auc,
        double logLoss,
        double normalizedEntropy,
        double calibration,
        double meanSquaredError) {

    /** From sums over examples. */
    static Metrics of(Sums sums, double auc) {
        double rate = sums.positives / sums.weight;
        double entropy = -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
        double logLoss = sums.loss / sums.weight;
        return new Metrics(
                sums.examples,
                sums.positives,
                auc,
                logLoss,
                logLoss / entropy,
                sums.predicted / sums.positives,
                Double.NaN);
    }

    /** Sums over examples. */
    static final class Sums {
        long examples;
        double weight;
        double positives;
        double loss;
        double predicted;

        void add(float logit, boolean label, float exampleWeight) {
            examples++;
            weight += exampleWeight;
            positives += label ? exampleWeight : 0;
            // log(1 + exp(z)) - y z, without overflow.
            double z = logit;
            double softplus = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
            loss += exampleWeight * (softplus - (label ? z : 0));
            predicted += exampleWeight / (1 + Math.exp(-z));
        }

        void add(Sums other) {
            examples += other.examples;
            weight += other.weight;
            positives += other.positives;
            loss += other.loss;
            predicted += other.predicted;
        }
    }
}
