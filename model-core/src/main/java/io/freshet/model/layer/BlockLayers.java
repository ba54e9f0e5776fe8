package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;

/** The norms and nets that a pipeline file has chosen for its blocks. */
final class BlockLayers {
    private BlockLayers() {}

    /** The norm whose weights have this name. */
    static Layer norm(BlockConfig.Norm norm, String name) {
        return switch (norm) {
            case RMS -> new RmsNorm(name);
            case LAYER -> new LayerNorm(name);
        };
    }

    /** The net whose weights have this prefix; if it is a mixture of experts, its terms of the loss go to the routers'. */
    static Layer ffn(RankerConfig config, String name, RouterLosses routers) {
        if (config.moe().isSparse()) {
            return new SparseMoe(name, config, routers);
        }
        return switch (config.block().ffn()) {
            case PER_TOKEN_SWIGLU -> new PerTokenSwiGlu(name, config.expansion(), config.init());
            case SHARED_SWIGLU -> new SharedSwiGlu(name, config.expansion(), config.init());
            case PER_TOKEN_FFN -> new PerTokenFfn(name, config.expansion(), config.init());
        };
    }
}
