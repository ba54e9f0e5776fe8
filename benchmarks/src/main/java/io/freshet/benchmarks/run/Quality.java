package io.freshet.benchmarks.run;

/**
 * How good the predictions of a pass were, each made before its label was learnt.
 *
 * @param auc over the whole stream
 * @param aucSecondHalf over the second half of its examples
 * @param logLoss mean cross entropy over the whole stream, in nats
 * @param parameters dense weights that are learnt by gradient
 * @param seconds wall time of the pass
 */
public record Quality(double auc, double aucSecondHalf, double logLoss, int parameters, double seconds) {}
