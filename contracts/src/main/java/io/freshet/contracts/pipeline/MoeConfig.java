package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * The sparse mixture of experts that the net of each position is cut into: "first enlarge, then sparse". In
 * TokenMixer-Large both counts include the expert that is always on; RankMixer has none such.
 *
 * @param experts E, of each position; their hidden layers together are as wide as the dense one. 1 for a dense net
 * @param active k, experts that an example passes through; in RankMixer how many that should come to on average
 * @param gateScale alpha, factor on what the routed experts give
 * @param gate what a routed expert's result is multiplied by
 * @param balanceLoss weight of the loss on uneven use of a position's experts; 0 for none
 * @param routerZLoss weight of the loss on large router logits; 0 for none
 * @param sparsityLoss weight of RankMixer's loss on open gates when just as many are open as should be; grows with the
 *     fourth power of how many are
 */
public record MoeConfig(
        int experts,
        int active,
        double gateScale,
        Gate gate,
        double balanceLoss,
        double routerZLoss,
        double sparsityLoss)
        implements Serializable {
    private static final double USUAL_SPARSITY_LOSS = 0.001;

    /** Dense. The losses are off, as in the paper's production at half of the experts active. */
    public static final MoeConfig DEFAULTS = new MoeConfig(1, 1, 1, Gate.SELECTED, 0, 0, USUAL_SPARSITY_LOSS);

    private static final int EXPERTS_MAX = 1024;

    public MoeConfig {
        new Problems()
                .requireWithin(1, EXPERTS_MAX, "experts", experts)
                .require(
                        experts < 1 || active >= 1 && active <= experts,
                        "active",
                        "from 1 to experts, " + experts,
                        active)
                .requirePositive("gate-scale", gateScale)
                .requireNotNegative("balance-loss", balanceLoss)
                .requireNotNegative("router-z-loss", routerZLoss)
                .requireNotNegative("sparsity-loss", sparsityLoss)
                .throwIfAny();
    }

    /** A mixture of TokenMixer-Large. */
    public MoeConfig(int experts, int active, double gateScale, Gate gate, double balanceLoss, double routerZLoss) {
        this(experts, active, gateScale, gate, balanceLoss, routerZLoss, USUAL_SPARSITY_LOSS);
    }

    /** This mixture with another sparsity loss. */
    public MoeConfig withSparsityLoss(double other) {
        return new MoeConfig(experts, active, gateScale, gate, balanceLoss, routerZLoss, other);
    }

    /** A mixture with the paper's gate and gate scale, and no losses. */
    public static MoeConfig of(int experts, int active) {
        return new MoeConfig(experts, active, usualScale(experts, active), Gate.SELECTED, 0, 0, USUAL_SPARSITY_LOSS);
    }

    /** Whether there is anything to route. */
    public boolean isSparse() {
        return experts > 1;
    }

    /** The inverse of the share of active experts: the paper's rule. */
    static double usualScale(int experts, int active) {
        return experts > 0 && active > 0 ? (double) experts / active : 1;
    }

    /** Gates of routed experts. */
    public enum Gate {
        /** The softmax over the selected experts' logits: the paper's. */
        SELECTED,
        /** The softmax over all routed experts' logits: also lets a single routed expert learn. */
        FULL
    }
}
