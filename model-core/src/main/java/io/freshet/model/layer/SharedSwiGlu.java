package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A gated feed-forward net with the same matrices for all positions: {@code y = (silu(x Wgate) * (x Wup)) Wdown}. For
 * ablation: TokenMixer-Large loses 0.21 % of AUC by it.
 *
 * <pre>
 *   in, out  [N, B, W]
 *   gate_up  [1, 2nW, W]   gate first
 *   down     [1, nW, W]
 * </pre>
 */
public final class SharedSwiGlu implements Layer {
    private final PerTokenSwiGlu net;

    /** A net with weights {@code name.gate_up} and {@code name.down}. */
    public SharedSwiGlu(String name, int expansion, InitConfig init) {
        net = new PerTokenSwiGlu(name, expansion, init);
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        Axis positions = x.shape().axis(0);
        Axis width = x.shape().axis(2);
        Tensor rows = x.reshape(Axis.of("shared", 1), Axis.ofBatchTimes(positions.size()), width);
        return net.apply(graph, rows).reshape(positions, Shape.BATCH, width);
    }
}
