package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;
import java.util.function.Supplier;

/** A {@link TokenMixerBlock} in any arrangement, of norms, nets, mixing and sums as operations of their own. */
final class ComposedBlock implements Layer {
    private final BlockConfig config;
    private final TokenMixing mixing;
    private final Layer mixNorm;
    private final Layer mixFfn;
    private final Layer tokenNorm;
    private final Layer tokenFfn;

    ComposedBlock(RankerConfig ranker, TokenMixing mixing, RouterLosses routers) {
        config = ranker.block();
        this.mixing = mixing;
        mixNorm = BlockLayers.norm(config.norm(), "mix_norm");
        mixFfn = BlockLayers.ffn(ranker, "mix_ffn", routers);
        tokenNorm = BlockLayers.norm(config.norm(), "token_norm");
        tokenFfn = BlockLayers.ffn(ranker, "token_ffn", routers);
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
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
