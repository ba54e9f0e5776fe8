package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Crosses features once more with all of them: {@code x' = x0 * (x W + b) + x}. DCN V2 (arXiv 2008.13535); in its
 * low-rank form {@code W = V U}.
 *
 * <pre>
 *   in   x0  [B, W]   the features, before any crossing
 *        x   [B, W]   what the layer below hands on; x0 itself for the first
 *   out  x'  [B, W]
 *   w [W, W], or v [W, r] and u [r, W]; b [W]
 * </pre>
 */
public final class CrossLayer {
    private final int rank;

    /**
     * A layer with its own weights.
     *
     * @param rank r; 0 for a full matrix
     */
    public CrossLayer(int rank) {
        this.rank = rank;
    }

    /** The crossed features [B, W]. */
    public Tensor apply(Graph graph, Tensor x0, Tensor x) {
        Axis width = x.shape().axis(1);
        Tensor narrow = x; // [B, W], or [B, r]
        if (rank > 0) {
            narrow = x.matMul(graph.matrix("v", 1, width, Axis.of("r", rank)));
        }
        Tensor w = graph.matrix(rank > 0 ? "u" : "w", 1, narrow.shape().axis(1), width);
        return x0.times(narrow.linear(w, graph.vector("b", 0, width))).plus(x);
    }
}
