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
    /** What holds when the file does not say. */
    public static final RankerConfig DEFAULTS =
            new RankerConfig(Type.TOKEN_MIXER_LARGE, 64, 2, 4, 2, true, Block.TWO_SUBLAYERS, 2, 0, 0.01);

    private static final int WIDTH_MAX = 8192;
    private static final int LAYERS_MAX = 128;
    private static final int EXPANSION_MAX = 64;

    public RankerConfig {
        new Problems()
                .requireWithin(1, WIDTH_MAX, "width", width)
                .requireWithin(1, LAYERS_MAX, "layers", layers)
                .require(heads > 0 && width % heads == 0, "heads", "a divisor of the width, " + width, heads)
                .requireWithin(1, EXPANSION_MAX, "expansion", expansion)
                .requireWithin(0, LAYERS_MAX, "residual-interval", residualInterval)
                .requireNotNegative("auxiliary-loss", auxiliaryLoss)
                .requirePositive("down-init", downInit)
                .throwIfAny();
    }

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
