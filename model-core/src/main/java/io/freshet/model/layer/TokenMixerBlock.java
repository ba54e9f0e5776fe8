package io.freshet.model.layer;

import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/**
 * A block of TokenMixer-Large: a net per mixed token, one per token, norms and residuals. The paper can be read in two
 * ways, by its equations 12 and 16 or by the caption of its figure, and both are here, with the norm in each place:
 *
 * <pre>
 *                  EQUATIONS                          TWO_SUBLAYERS
 *                  Hm = Mix(X)
 *   BEFORE_MIXING  Hn = Hm + F1(Mix(Norm(X)))         Y = X + Revert(F1(Mix(Norm(X))))
 *   AFTER_MIXING   Hn = Hm + F1(Norm(Hm))             Y = X + Revert(F1(Norm(Mix(X))))
 *   POST           Hn = Norm(Hm + F1(Hm))             Y = Norm(X + Revert(F1(Mix(X))))
 *                  Xr = Revert(Hn)
 *   pre-norm       X' = X + F2(Norm(Xr))              X' = Y + F2(Norm(Y))
 *   POST           X' = Norm(X + F2(Xr))              X' = Norm(Y + F2(Y))
 *
 *   in, out  [T, B, D];  Hm, Hn  [H, B, T D / H]
 * </pre>
 *
 * <p>The gain of the first norm is as wide as what it norms: a mixed token, T D / H, in the places with Hm or Mix(X)
 * inside and in the equations' POST, else a token, D. For ablation there may be no mixing, so that both nets see tokens,
 * and no residual, so that every sum loses its first addend.
 *
 * <p>Two sublayers with RMS norm before mixing, gated nets and residuals are a {@link KernelBlock}, all else is a
 * {@link ComposedBlock}; the weights are the same, {@code mix_norm}, {@code mix_ffn.*}, {@code token_norm} and
 * {@code token_ffn.*}.
 */
public final class TokenMixerBlock implements Layer {
    private final Layer body;

    /**
     * A block with its own weights.
     *
     * @param routers where mixtures of experts put their terms of the loss
     */
    public TokenMixerBlock(RankerConfig config, TokenMixing mixing, RouterLosses routers) {
        body = KernelBlock.serves(config.block())
                ? new KernelBlock(config, mixing, routers)
                : new ComposedBlock(config, mixing, routers);
    }

    /** The tokens [T, B, D] that the block hands on. */
    @Override
    public Tensor apply(Graph graph, Tensor x) {
        return body.apply(graph, x);
    }
}
