package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * The two first matrices of gated nets in one tensor, [N, 2m, W]: rows of gate, then rows of up, each [m, W]. One product
 * instead of two; and transposed, because the product that gives their gradient then runs at the rate of the others where
 * features come before examples ({@code swiglu_sublayer.py}). Each starts as Xavier uniform of its own.
 */
final class GateUpMatrix {
    private GateUpMatrix() {}

    /**
     * The parameter {@code gate_up}.
     *
     * @param positions N
     * @param hidden m
     * @param width W
     */
    static Tensor of(Graph graph, Axis positions, Axis hidden, Axis width) {
        Axis both = Axis.of("2" + hidden.name(), 2 * hidden.size());
        Parameter.Initial initial = new Parameter.Initial.Xavier(1, width.size(), hidden.size());
        return graph.matrix("gate_up", initial, positions, both, width);
    }
}
