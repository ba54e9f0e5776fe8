package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;
import java.util.function.Supplier;

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
 */
public final class TokenMixerBlock {
    private final RankerConfig ranker;
    private final BlockConfig config;
    private final TokenMixing mixing;
    private final RouterLosses routers;
    private final Layer mixNorm;
    private final Layer mixFfn;
    private final Layer tokenNorm;
    private final Layer tokenFfn;

    /**
     * A block with its own weights, {@code mix_norm}, {@code mix_ffn.*}, {@code token_norm} and {@code token_ffn.*}.
     *
     * @param routers where mixtures of experts put their terms of the loss
     */
    public TokenMixerBlock(RankerConfig config, TokenMixing mixing, RouterLosses routers) {
        ranker = config;
        this.config = config.block();
        this.mixing = mixing;
        this.routers = routers;
        mixNorm = BlockLayers.norm(this.config.norm(), "mix_norm");
        mixFfn = BlockLayers.ffn(config, "mix_ffn", routers);
        tokenNorm = BlockLayers.norm(this.config.norm(), "token_norm");
        tokenFfn = BlockLayers.ffn(config, "token_ffn", routers);
    }

    /** The tokens [T, B, D] that the block hands on. */
    public Tensor apply(Graph graph, Tensor x) {
        if (isUsual()) {
            return ranker.moe().isSparse() ? sparse(graph, x) : dense(graph, x);
        }
        if (config.form() == BlockConfig.Form.EQUATIONS) {
            Tensor mixed = mix(x); // [H, B, T*D/H]
            Tensor learned = mixFfn.apply(graph, seen(graph, x, () -> mixed));
            Tensor reverted = revert(sum(graph, mixed, learned, mixNorm)); // [T, B, D]
            return tokenHalf(graph, x, reverted);
        }
        Tensor learned = mixFfn.apply(graph, seen(graph, x, () -> mix(x))); // [H, B, T*D/H]
        Tensor y = sum(graph, x, revert(learned), mixNorm); // [T, B, D]
        return tokenHalf(graph, y, y);
    }

    /** Whether the block is made of sublayers for which there is a kernel. */
    private boolean isUsual() {
        BlockConfig block = ranker.block();
        return block.form() == BlockConfig.Form.TWO_SUBLAYERS
                && block.norm() == BlockConfig.Norm.RMS
                && block.normPlace() == BlockConfig.NormPlace.BEFORE_MIXING
                && block.ffn() == BlockConfig.Ffn.PER_TOKEN_SWIGLU
                && block.mixing()
                && block.residual();
    }

    private Tensor sparse(Graph graph, Tensor x) {
        Tensor y = new SparseMoe("mix_ffn", ranker, routers).mixedSublayer(graph, x, "mix_norm", mixing);
        return new SparseMoe("token_ffn", ranker, routers).sublayer(graph, y, "token_norm");
    }

    private Tensor dense(Graph graph, Tensor x) {
        Tensor y = fused("mix").applyMixed(graph, x, mixing.heads(), mixing.mixedWidth());
        return fused("token").apply(graph, y);
    }

    private GatedSublayer fused(String half) {
        return new GatedSublayer(half + "_norm", half + "_ffn", ranker.expansion(), ranker.init());
    }

    /** What the first net sees, of tokens or of the same mixed. */
    private Tensor seen(Graph graph, Tensor x, Supplier<Tensor> mixed) {
        return switch (config.normPlace()) {
            case BEFORE_MIXING -> mix(mixNorm.apply(graph, x));
            case AFTER_MIXING -> mixNorm.apply(graph, mixed.get());
            case POST -> mixed.get();
        };
    }

    /** {@code given + F2(Norm(x))}, or {@code Norm(given + F2(x))}. */
    private Tensor tokenHalf(Graph graph, Tensor given, Tensor x) {
        Tensor normed = isPost() ? x : tokenNorm.apply(graph, x);
        return sum(graph, given, tokenFfn.apply(graph, normed), tokenNorm);
    }

    /** The residual, and the norm behind it if that is its place. */
    private Tensor sum(Graph graph, Tensor given, Tensor learned, Layer norm) {
        Tensor sum = config.residual() ? given.plus(learned) : learned;
        return isPost() ? norm.apply(graph, sum) : sum;
    }

    private boolean isPost() {
        return config.normPlace() == BlockConfig.NormPlace.POST;
    }

    private Tensor mix(Tensor x) {
        return config.mixing() ? mixing.mix(x) : x;
    }

    private Tensor revert(Tensor mixed) {
        return config.mixing() ? mixing.revert(mixed) : mixed;
    }
}
