package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/**
 * A block of TokenMixer-Large: a feed-forward net per mixed token, one per token, and residuals. The paper can be read
 * in two ways, by its equations 12 and 16 or by the caption of its figure, and both are here:
 *
 * <pre>
 *   EQUATIONS        Hm = Mix(X);  Hn = Hm + F1(Norm(Hm));  Xr = Revert(Hn);  X' = X + F2(Norm(Xr))
 *   TWO_SUBLAYERS    Y  = X + Revert(F1(Mix(Norm(X))));                       X' = Y + F2(Norm(Y))
 *
 *   in, out  [T, B, D]
 * </pre>
 *
 * <p>So the gain of the first norm is as wide as a mixed token, T D / H, in the one and as a token, D, in the other.
 */
public final class TokenMixerBlock {
    private final BlockConfig.Form form;
    private final TokenMixing mixing;
    private final RmsNorm mixNorm = new RmsNorm("mix_norm");
    private final PerTokenSwiGlu mixFfn;
    private final RmsNorm tokenNorm = new RmsNorm("token_norm");
    private final PerTokenSwiGlu tokenFfn;

    /** A block with its own weights. */
    public TokenMixerBlock(RankerConfig config, TokenMixing mixing) {
        this.form = config.block().form();
        this.mixing = mixing;
        mixFfn = new PerTokenSwiGlu("mix_ffn", config.expansion(), config.init().down());
        tokenFfn = new PerTokenSwiGlu(
                "token_ffn", config.expansion(), config.init().down());
    }

    /** The tokens [T, B, D] that the block hands on. */
    public Tensor apply(Graph graph, Tensor x) {
        if (form == BlockConfig.Form.EQUATIONS) {
            Tensor mixed = mixing.mix(x); // [H, B, T*D/H]
            Tensor learned = mixFfn.apply(graph, mixNorm.apply(graph, mixed)); // [H, B, T*D/H]
            Tensor reverted = mixing.revert(mixed.plus(learned)); // [T, B, D]
            return x.plus(tokenFfn.apply(graph, tokenNorm.apply(graph, reverted)));
        }
        Tensor mixed = mixing.mix(mixNorm.apply(graph, x)); // [H, B, T*D/H]
        Tensor y = x.plus(mixing.revert(mixFfn.apply(graph, mixed))); // [T, B, D]
        return y.plus(tokenFfn.apply(graph, tokenNorm.apply(graph, y)));
    }
}
