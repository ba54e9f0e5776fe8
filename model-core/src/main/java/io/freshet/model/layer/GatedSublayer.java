package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A {@link RmsNorm}, a {@link PerTokenSwiGlu} and the residual around them as one kernel: {@code x + F(norm(x))}, or
 * between mixing and reverting {@code x + revert(F(mix(norm(x))))}. It has the same weights as the layers that it stands
 * for, and gives the same numbers; those layers are for all other arrangements of norm, mixing and residual.
 */
final class GatedSublayer implements Layer {
    private final String norm;
    private final String net;
    private final int expansion;
    private final InitConfig init;

    /**
     * A sublayer with weights {@code norm}, {@code net.gate_up} and {@code net.down}.
     *
     * @param expansion hidden width of the net in widths of what it sees
     */
    GatedSublayer(String norm, String net, int expansion, InitConfig init) {
        this.norm = norm;
        this.net = net;
        this.expansion = expansion;
        this.init = init;
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        return apply(graph, x, x.shape().axis(0), x.shape().axis(2), false);
    }

    /** The sublayer whose net sees tokens mixed to heads, of width {@code mixedWidth}. */
    Tensor applyMixed(Graph graph, Tensor x, Axis heads, Axis mixedWidth) {
        return apply(graph, x, heads, mixedWidth, true);
    }

    private Tensor apply(Graph graph, Tensor x, Axis positions, Axis width, boolean mixed) {
        Tensor gain = graph.vector(norm, 1, x.shape().axis(2));
        try (Graph.Scope scope = graph.scope(net)) {
            Axis hidden = Axis.of("nW", expansion * width.size());
            Tensor gateUp = GateUpMatrix.of(graph, positions, hidden, width);
            Tensor down = DownMatrix.of(graph, init, "down", positions, hidden, width);
            return x.swiGluSublayer(gain, gateUp, down, mixed, RmsNorm.EPSILON);
        }
    }
}
