package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Two linear maps with a SiLU between them: {@code y = silu(x W1 + b1) W2 + b2}.
 *
 * <pre>
 *   in   x  [B, in]
 *   out  y  [B, out]
 *   w1 [in, hidden], b1 [hidden], w2 [hidden, out], b2 [out]
 * </pre>
 */
final class Mlp {
    private final Axis hidden;
    private final Axis out;

    Mlp(Axis hidden, Axis out) {
        this.hidden = hidden;
        this.out = out;
    }

    Tensor apply(Graph graph, Tensor x) {
        Tensor w1 = graph.matrix("w1", 1, x.shape().axis(1), hidden);
        Tensor b1 = graph.vector("b1", 0, hidden);
        Tensor w2 = graph.matrix("w2", 1, hidden, out);
        Tensor b2 = graph.vector("b2", 0, out);
        return x.linear(w1, b1).silu().linear(w2, b2); // [B, out]
    }
}
