package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * What a block of TokenMixer-Large (arXiv 2602.06563) is made of. The paper leaves some of it open, and ablates more.
 *
 * @param form which reading of the paper's block
 * @param norm what norms tokens
 * @param normPlace where the norms stand
 * @param ffn the net per mixed token and per token
 * @param mixing whether tokens are mixed and reverted; without it, as an ablation, both nets see the tokens
 * @param residual whether each half adds what it was given; without it, as an ablation, a small {@code init.down} starves
 *     the blocks above: set it to 1
 * @param interval r: what block l - r handed on is added to what block l hands on, for l = r, 2r, .. but never in the
 *     last block; 0 for none. The paper says 2 or 3
 */
public record BlockConfig(
        Form form, Norm norm, NormPlace normPlace, Ffn ffn, boolean mixing, boolean residual, int interval)
        implements Serializable {
    /**
     * What holds when the file does not say. RMSNorm before the net and a SwiGLU per token are the paper's; the form and
     * the place of the norm, where it is of two minds, are what measured best (docs/decisions/0008); the interval is the
     * smaller of its two.
     */
    public static final BlockConfig DEFAULTS =
            new BlockConfig(Form.TWO_SUBLAYERS, Norm.RMS, NormPlace.BEFORE_MIXING, Ffn.PER_TOKEN_SWIGLU, true, true, 2);

    private static final int INTERVAL_MAX = 128;

    public BlockConfig {
        new Problems().requireWithin(0, INTERVAL_MAX, "interval", interval).throwIfAny();
    }

    /** This block with another form and its usual place of the norm. */
    public BlockConfig with(Form other) {
        return new BlockConfig(other, norm, NormPlace.usual(other), ffn, mixing, residual, interval);
    }

    /** This block with other norms. */
    public BlockConfig with(Norm other, NormPlace place) {
        return new BlockConfig(form, other, place, ffn, mixing, residual, interval);
    }

    /** This block with other nets. */
    public BlockConfig with(Ffn other) {
        return new BlockConfig(form, norm, normPlace, other, mixing, residual, interval);
    }

    /** This block with another interval. */
    public BlockConfig withInterval(int other) {
        return new BlockConfig(form, norm, normPlace, ffn, mixing, residual, other);
    }

    /** This block without mixing, without residuals, or without either. */
    public BlockConfig without(boolean noMixing, boolean noResidual) {
        return new BlockConfig(form, norm, normPlace, ffn, !noMixing, !noResidual, interval);
    }

    /** The two readings of the paper's block. */
    public enum Form {
        /** As its equations 12 and 16 are printed: the mixed half reaches the output through the second net only. */
        EQUATIONS,
        /** Two sub-layers, each with its residual. */
        TWO_SUBLAYERS
    }

    /** Kinds of norm. */
    public enum Norm {
        /** Division by the root mean square, and a gain: the paper's. */
        RMS,
        /** Mean taken off, division by the deviation, a gain and a bias: for ablation. */
        LAYER
    }

    /** Where norms stand. */
    public enum NormPlace {
        /** In front of each net; the first one sees tokens, before they are mixed. */
        BEFORE_MIXING,
        /** In front of each net; the first one sees mixed tokens. */
        AFTER_MIXING,
        /** Behind each residual sum. The paper saw it end in NaN: for ablation. */
        POST;

        /** Where they stand when the file does not say: after mixing in the paper's equations. */
        static NormPlace usual(Form form) {
            return form == Form.EQUATIONS ? AFTER_MIXING : BEFORE_MIXING;
        }
    }

    /** Nets of a block. */
    public enum Ffn {
        /** Gated by SiLU, with its own matrices per position: the paper's. */
        PER_TOKEN_SWIGLU,
        /** One hidden layer with GELU, with its own matrices per position: for ablation. */
        PER_TOKEN_FFN,
        /** Gated by SiLU, one set of matrices for all positions: for ablation. */
        SHARED_SWIGLU
    }
}
