package io.freshet.model.layer;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/**
 * What the towers see of the last block's tokens. The notes that cite the paper's figure have the mean of all tokens,
 * two others the global token. A norm before it is customary where blocks norm in front of their nets: what they hand on
 * grows with depth.
 *
 * <pre>
 *   in   tokens  [T, B, D]
 *   out  pooled  [B, D]
 * </pre>
 */
public final class Readout {
    private static final String FINAL_NORM = "final_norm";

    private final RankerConfig config;

    /** A readout with the weights {@code final_norm}, if there is to be a norm: of the same kind as the blocks'. */
    public Readout(RankerConfig config) {
        this.config = config;
    }

    /** The pooled tokens [B, D]. */
    public Tensor apply(Graph graph, Tensor tokens) {
        return switch (config.readout()) {
            case MEAN -> mean(graph, tokens);
            case GLOBAL_TOKEN -> normed(graph, tokens.unbind().get(0));
        };
    }

    private Tensor mean(Graph graph, Tensor tokens) {
        boolean isKernel = config.finalNorm() && config.block().norm() == BlockConfig.Norm.RMS;
        return isKernel
                ? new RmsNorm(FINAL_NORM).pooled(graph, tokens)
                : normed(graph, tokens).mean(0);
    }

    private Tensor normed(Graph graph, Tensor x) {
        return config.finalNorm()
                ? BlockLayers.norm(config.block().norm(), FINAL_NORM).apply(graph, x)
                : x;
    }
}
