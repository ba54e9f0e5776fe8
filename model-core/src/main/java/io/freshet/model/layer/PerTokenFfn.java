package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A feed-forward net with its own matrices per position: {@code y_p = gelu(x_p W1_p + b1_p) W2_p + b2_p}. RankMixer
 * (arXiv 2507.15551), PFFN.
 *
 * <pre>
 *   in, out  [N, B, W]     N positions of width W
 *   w1 [N, W, kW], b1 [N, kW], w2 [N, kW, W], b2 [N, W]
 * </pre>
 */
public final class PerTokenFfn implements Layer {
    private final String name;
    private final int expansion;
    private final InitConfig init;

    /**
     * A net with weights {@code name.w1} and so on.
     *
     * @param expansion k
     * @param init how w2 starts
     */
    public PerTokenFfn(String name, int expansion, InitConfig init) {
        this.name = name;
        this.expansion = expansion;
        this.init = init;
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            Axis positions = x.shape().axis(0);
            Axis width = x.shape().axis(2);
            Axis hidden = Axis.of("kW", expansion * width.size());
            Tensor w1 = graph.matrix("w1", 1, positions, width, hidden);
            Tensor b1 = graph.vector("b1", 0, positions, hidden);
            Tensor w2 = DownMatrix.of(graph, init, "w2", positions, hidden, width);
            Tensor b2 = graph.vector("b2", 0, positions, width);
            return x.linear(w1, b1).gelu().linear(w2, b2); // [N, B, W]
        }
    }
}
