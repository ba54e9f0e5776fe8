package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * A plain deep net: {@code x = relu(x W + b)}, once per hidden layer.
 *
 * <pre>
 *   in   x  [B, in]
 *   out  x  [B, width of the last layer]; x itself if there is none
 * </pre>
 */
public final class HiddenLayers {
    private final List<Integer> widths;

    /** A net with weights {@code hidden.0.w} and so on. */
    public HiddenLayers(List<Integer> widths) {
        this.widths = widths;
    }

    /** What the last layer gives. */
    public Tensor apply(Graph graph, Tensor x) {
        Tensor found = x;
        for (int i = 0; i < widths.size(); i++) {
            try (Graph.Scope scope = graph.scope("hidden." + i)) {
                found = new LinearMap(Axis.of("hidden", widths.get(i)))
                        .apply(graph, found)
                        .relu();
            }
        }
        return found;
    }
}
