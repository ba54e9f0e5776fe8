package io.freshet.model.layer;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.model.program.Tensor;

/**
 * What open gates cost: {@code lambda * mean over examples of sum over tokens and experts of G}, so that gates shut
 * until as many are open as wanted. RankMixer (arXiv 2507.15551) adapts lambda to hit that number without saying how.
 * Here it is
 *
 * <pre>
 *   lambda = sparsity-loss * (share of open gates / (active / experts)) ^ 4
 * </pre>
 *
 * <p>of the batch at hand, a number without gradient. So it needs no state besides the weights, grows steeply while too
 * many are open, and fades before all are shut: a token whose gates are all shut would never learn to open one.
 */
public final class GatePenalty {
    private final double strength;
    private final double budget;

    /** A penalty for the budget of a file. */
    public GatePenalty(MoeConfig config) {
        strength = config.sparsityLoss();
        budget = (double) config.active() / config.experts();
    }

    /** The penalty, [], of gates [T, B, E]. */
    public Tensor of(Tensor gates) {
        Tensor share = gates.positive().mean(2).mean(1).mean(0).times(1 / budget); // []
        Tensor square = share.times(share);
        Tensor open = gates.sum(2).sum(0).mean(0); // []
        return open.times(square.times(square)).times(strength);
    }
}
