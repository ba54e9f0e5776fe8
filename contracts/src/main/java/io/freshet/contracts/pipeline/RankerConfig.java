package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * Which ranker, and its sizes. Names are those of the TokenMixer-Large paper (arXiv 2602.06563).
 *
 * @param width D, of a token
 * @param layers L, blocks
 * @param heads H, heads of the mixing; must divide width
 * @param expansion n, of the per-token SwiGLU: its hidden layer is n times as wide as its input
 * @param wide whether every row carries a bias that is added straight into the logit
 * @param residualInterval r: the output of block l-r is added to that of block l; 0 for none
 * @param auxiliaryLoss weight of the loss on the tokens of lower blocks; 0 for none
 * @param downInit factor on the Xavier standard deviation of the down matrices
 */
public record RankerConfig(
        Type type,
        int width,
        int layers,
        int heads,
        int expansion,
        boolean wide,
        Block block,
        int residualInterval,
        double auxiliaryLoss,
        double downInit)
        implements Serializable {
    /** Architectures. */
    public enum Type {
        TOKEN_MIXER_LARGE
    }

    /** The two readings of the paper's block. */
    public enum Block {
        /** As its equations 12 and 16 are printed. */
        EQUATIONS,
        /** Two sub-layers, each with its residual. */
        TWO_SUBLAYERS
    }
}
