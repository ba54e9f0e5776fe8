package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Takes the mean off each token and divides by its deviation: {@code y = (x - mean) / sqrt(variance + epsilon) * gain +
 * bias}, one gain and bias [W] for all positions. The norm of RankMixer; in TokenMixer-Large, which found RMSNorm as good
 * and faster, for ablation.
 *
 * <pre>
 *   in, out  [.., W]
 * </pre>
 */
public final class LayerNorm implements Layer {
    /** PyTorch's default; the papers give none. */
    public static final double EPSILON = 1e-5;

    private final String name;

    /** A norm with the weights {@code name.gain} and {@code name.bias}. */
    public LayerNorm(String name) {
        this.name = name;
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            Axis width = x.shape().axis(-1);
            return x.layerNorm(graph.vector("gain", 1, width), graph.vector("bias", 0, width), EPSILON);
        }
    }
}
