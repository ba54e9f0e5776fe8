package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.util.List;

/**
 * Which ranker, and its sizes. Names are those of the TokenMixer-Large paper (arXiv 2602.06563). What a type of ranker
 * does not read must keep its default, so that a file does not ask for what it does not get.
 *
 * @param width D, of a token
 * @param layers L, blocks
 * @param heads H, heads of the mixing, must divide width; for {@code RANK_MIXER} also the number of tokens
 * @param expansion n, of the nets in the blocks: the hidden layer is n times as wide as the input
 * @param wide whether every row carries a bias that is added straight into the logit
 * @param readout which tokens the towers see
 * @param finalNorm whether the last block's tokens are normed before they are read out
 * @param hidden widths of the hidden layers of the net of {@code DCN_V2} and {@code DLRM_MLP}
 * @param file path of the scripted module of {@code SCRIPT}; empty for all others
 */
public record RankerConfig(
        Type type,
        int width,
        int layers,
        int heads,
        int expansion,
        boolean wide,
        Readout readout,
        boolean finalNorm,
        BlockConfig block,
        TokensConfig tokens,
        AuxiliaryConfig auxiliary,
        InitConfig init,
        MoeConfig moe,
        CrossConfig cross,
        List<Integer> hidden,
        String file)
        implements Serializable {
    private static final int WIDTH = 64;
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int EXPANSION = 2;
    private static final List<Integer> DEFAULT_HIDDEN = List.of(256, 128);

    /** What holds when the file does not say. Mean pooling is the paper's; a final norm is customary for pre-norm. */
    public static final RankerConfig DEFAULTS = new RankerConfig(
            Type.TOKEN_MIXER_LARGE,
            WIDTH,
            LAYERS,
            HEADS,
            EXPANSION,
            true,
            Readout.MEAN,
            true,
            BlockConfig.DEFAULTS,
            TokensConfig.DEFAULTS,
            AuxiliaryConfig.DEFAULTS,
            InitConfig.DEFAULTS,
            MoeConfig.DEFAULTS,
            CrossConfig.DEFAULTS,
            DEFAULT_HIDDEN,
            "");

    private static final int WIDTH_MAX = 8192;
    private static final int LAYERS_MAX = 128;
    private static final int EXPANSION_MAX = 64;
    private static final int HIDDEN_MAX = 65536;

    public RankerConfig {
        hidden = List.copyOf(hidden);
        Problems problems = new Problems()
                .requireWithin(1, WIDTH_MAX, "width", width)
                .requireWithin(1, LAYERS_MAX, "layers", layers)
                .require(heads > 0, "heads", "at least 1", heads)
                .requireWithin(1, EXPANSION_MAX, "expansion", expansion)
                .require(
                        hidden.stream().allMatch(each -> each >= 1 && each <= HIDDEN_MAX),
                        "hidden",
                        "widths from 1 to " + HIDDEN_MAX,
                        hidden);
        RankerRules rules = new RankerRules(type, problems);
        rules.heads(width, heads);
        rules.readout(readout, tokens);
        rules.experts(expansion * width, block, moe);
        rules.readByType("width", width == WIDTH);
        rules.readByType("layers", layers == LAYERS);
        rules.readByType("heads", heads == HEADS);
        rules.readByType("expansion", expansion == EXPANSION);
        rules.readByType("tokens", tokens.equals(TokensConfig.DEFAULTS));
        rules.readByType("init", init.equals(InitConfig.DEFAULTS));
        rules.readByType("final-norm", finalNorm);
        rules.readByType("block", block.equals(BlockConfig.DEFAULTS));
        rules.readByType("auxiliary", auxiliary.equals(AuxiliaryConfig.DEFAULTS));
        rules.readByType("readout", readout == Readout.MEAN);
        rules.readByType("moe", moe.equals(MoeConfig.DEFAULTS));
        rules.readByType("cross", cross.equals(CrossConfig.DEFAULTS));
        rules.readByType("hidden", hidden.equals(DEFAULT_HIDDEN));
        rules.file(file);
        problems.throwIfAny();
    }

    /** A builder that starts from this. */
    public RankerConfigBuilder change() {
        return new RankerConfigBuilder(this);
    }

    /** Architectures. */
    public enum Type {
        /** Mixing and reverting, with a net per token (arXiv 2602.06563). */
        TOKEN_MIXER_LARGE,
        /** Its predecessor: mixing without reverting (arXiv 2507.15551). */
        RANK_MIXER,
        /** Cross layers beside or before a net (arXiv 2008.13535). */
        DCN_V2,
        /** One net over everything. */
        DLRM_MLP,
        /** A scripted PyTorch module that the user brings. */
        SCRIPT
    }

    /** What the towers see. */
    public enum Readout {
        /** The mean of all tokens. */
        MEAN,
        /** The global token alone. */
        GLOBAL_TOKEN
    }
}
