package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A gated feed-forward net with its own matrices per position: {@code y_p = (silu(x_p Wgate_p) * (x_p Wup_p)) Wdown_p}.
 * TokenMixer-Large, pSwiGLU, without bias as its appendix A.4 says.
 *
 * <pre>
 *   in, out  [N, B, W]     N positions of width W
 *   gate_up  [N, 2nW, W]   gate in the first nW rows, up in the rest: one product instead of two
 *   down     [N, nW, W]
 * </pre>
 */
public final class PerTokenSwiGlu implements Layer {
    private final String name;
    private final int expansion;
    private final InitConfig init;

    /**
     * A net with weights {@code name.gate_up} and {@code name.down}.
     *
     * @param expansion n
     * @param init how small the down matrices start
     */
    public PerTokenSwiGlu(String name, int expansion, InitConfig init) {
        this.name = name;
        this.expansion = expansion;
        this.init = init;
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            Axis positions = x.shape().axis(0);
            Axis width = x.shape().axis(2);
            Axis hidden = Axis.of("nW", expansion * width.size());
            Tensor gateUp = GateUpMatrix.of(graph, positions, hidden, width);
            Tensor down = DownMatrix.of(graph, init, "down", positions, hidden, width);
            return x.swiGlu(gateUp, down); // [N, B, W]
        }
    }
}
