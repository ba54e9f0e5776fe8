package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Linear maps with a SiLU between any two. With two: {@code y = silu(x W1 + b1) W2 + b2}.
 *
 * <pre>
 *   in   x  [B, in]
 *   out  y  [B, out]
 *   w1 [in, hidden], b1 [hidden], w2 [hidden, hidden], .., the last one [hidden, out] and [out]
 * </pre>
 */
final class Mlp {
    private final int layers;
    private final Axis hidden;
    private final Axis out;

    Mlp(int layers, Axis hidden, Axis out) {
        this.layers = layers;
        this.hidden = hidden;
        this.out = out;
    }

    Tensor apply(Graph graph, Tensor x) {
        Tensor y = x;
        for (int i = 1; i <= layers; i++) {
            Axis to = i < layers ? hidden : out;
            Tensor w = graph.matrix("w" + i, 1, y.shape().axis(1), to);
            Tensor mapped = y.linear(w, graph.vector("b" + i, 0, to));
            y = i < layers ? mapped.silu() : mapped;
        }
        return y; // [B, out]
    }
}
