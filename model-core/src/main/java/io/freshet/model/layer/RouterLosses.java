package io.freshet.model.layer;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What the routers of a ranker's layers add to the training loss, each term with its weight and averaged over the
 * positions, because positions have experts of their own:
 *
 * <pre>
 *   balance   (E - 1) sum_j f_j P_j    f_j share of the position's rows, without gradient
 *                                      P_j mean over the batch of the softmax over all logits
 *   router z  mean over the batch of logsumexp(z)^2
 * </pre>
 *
 * <p>The first is that of Switch Transformer (arXiv 2101.03961), 1 where all experts get the same; the second that of
 * ST-MoE (arXiv 2202.08906), which keeps logits small. TokenMixer-Large reports both as tried, and trains without at
 * half of the experts active. Not thread-safe.
 */
public final class RouterLosses {
    private final MoeConfig config;
    private final List<Tensor> terms = new ArrayList<>();

    /** Losses of no layer yet. */
    public RouterLosses(MoeConfig config) {
        this.config = config;
    }

    /** The terms of all layers so far, [] each; empty where their weights are 0. */
    public List<Tensor> terms() {
        return List.copyOf(terms);
    }

    /**
     * Adds a layer's.
     *
     * @param logits [N, B, E - 1]
     * @param rows [N, E - 1], of each expert
     */
    void add(Tensor logits, Tensor rows) {
        if (config.balanceLoss() > 0) {
            terms.add(balance(logits, rows).times(config.balanceLoss()));
        }
        if (config.routerZLoss() > 0) {
            Tensor size = logits.logSumExp(2); // [N, B]
            terms.add(size.times(size).mean(1).mean(0).times(config.routerZLoss()));
        }
    }

    private static Tensor balance(Tensor logits, Tensor rows) {
        Tensor ofExperts = rows.transpose(1, 0); // [E - 1, N]
        Tensor shares = ofExperts.over(ofExperts.sum(0)); // [E - 1, N]
        Tensor chances = logits.softmax(2).mean(1).transpose(1, 0); // [E - 1, N]
        return chances.times(shares).sum(0).mean(0).times(rows.shape().size(1)); // []
    }
}
