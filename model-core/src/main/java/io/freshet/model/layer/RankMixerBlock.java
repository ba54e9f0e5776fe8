package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/**
 * A block of RankMixer (arXiv 2507.15551): tokens are mixed, then each passes its own net; norms come after the sums.
 *
 * <pre>
 *   S  = LN(Mix(X) + X)
 *   X' = LN(PFFN(S) + S)
 *
 *   in, out  [T, B, D]
 * </pre>
 *
 * <p>There are as many heads as tokens, so that mixed tokens have the shape of tokens and both can be added.
 */
public final class RankMixerBlock {
    /** The small start is of TokenMixer-Large. */
    private static final InitConfig XAVIER = new InitConfig(1, InitConfig.Reading.DEVIATION);

    private final TokenMixing mixing;
    private final LayerNorm mixNorm = new LayerNorm("mix_norm");
    private final PerTokenFfn ffn;
    private final LayerNorm ffnNorm = new LayerNorm("ffn_norm");

    /**
     * A block with its own weights.
     *
     * @param mixing of T tokens to T heads
     * @param expansion k, of the per-token net
     */
    public RankMixerBlock(TokenMixing mixing, int expansion) {
        this.mixing = mixing;
        ffn = new PerTokenFfn("ffn", expansion, XAVIER);
    }

    /** The tokens [T, B, D] that the block hands on. */
    public Tensor apply(Graph graph, Tensor x) {
        Tensor s = mixNorm.apply(graph, mixing.mix(x).plus(x)); // [T, B, D]
        return ffnNorm.apply(graph, ffn.apply(graph, s).plus(s));
    }
}
