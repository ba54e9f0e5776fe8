package io.freshet.quickstart.report;

/**
 * How good predictions were, each made before its example was learnt; null where the examples do not say.
 *
 * @param auc area under the ROC curve over the whole stream
 * @param aucSecondHalf the same over the later half of the examples, in training order
 * @param logLoss mean, in nats
 * @param normalizedEntropy log loss over the entropy of the stream's base rate: below 1 is better than the base rate
 * @param calibration sum of the predictions over the sum of the labels
 */
public record ProgressiveQuality(
        Double auc, Double aucSecondHalf, Double logLoss, Double normalizedEntropy, Double calibration) {}
