package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * One linear map: {@code y = x W + b}.
 *
 * <pre>
 *   in   x  [B, in]
 *   out  y  [B, out]
 *   w [in, out], b [out]
 * </pre>
 */
public final class LinearMap {
    private final Axis out;

    /** A map with weights {@code w} and {@code b}. */
    public LinearMap(Axis out) {
        this.out = out;
    }

    /** The result [B, out]. */
    public Tensor apply(Graph graph, Tensor x) {
        Tensor w = graph.matrix("w", 1, x.shape().axis(1), out);
        return x.linear(w, graph.vector("b", 0, out));
    }
}
