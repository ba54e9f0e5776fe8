package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/** The usual arrangement of a {@link TokenMixerBlock}, each half with its norm, mixing and residual as one kernel. */
final class KernelBlock implements Layer {
    private final RankerConfig config;
    private final TokenMixing mixing;
    private final RouterLosses routers;

    KernelBlock(RankerConfig config, TokenMixing mixing, RouterLosses routers) {
        this.config = config;
        this.mixing = mixing;
        this.routers = routers;
    }

    /** Whether there are kernels for such a block. */
    static boolean serves(BlockConfig block) {
        return block.form() == BlockConfig.Form.TWO_SUBLAYERS
                && block.norm() == BlockConfig.Norm.RMS
                && block.normPlace() == BlockConfig.NormPlace.BEFORE_MIXING
                && block.ffn() == BlockConfig.Ffn.PER_TOKEN_SWIGLU
                && block.mixing()
                && block.residual();
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        return config.moe().isSparse() ? sparse(graph, x) : dense(graph, x);
    }

    private Tensor sparse(Graph graph, Tensor x) {
        Tensor y = new SparseMoe("mix_ffn", config, routers).mixedSublayer(graph, x, "mix_norm", mixing);
        return new SparseMoe("token_ffn", config, routers).sublayer(graph, y, "token_norm");
    }

    private Tensor dense(Graph graph, Tensor x) {
        Tensor y = new GatedSublayer("mix_norm", "mix_ffn", config.expansion(), config.init())
                .applyMixed(graph, x, mixing.heads(), mixing.mixedWidth());
        return new GatedSublayer("token_norm", "token_ffn", config.expansion(), config.init()).apply(graph, y);
    }
}
