package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/**
 * Divides each token by its root mean square: {@code y = x / sqrt(mean(x^2) + epsilon) * gain}, one gain [W] for all
 * positions. The paper gives no epsilon; 1e-6 is customary.
 *
 * <pre>
 *   in, out  [.., W]
 * </pre>
 */
public final class RmsNorm implements Layer {
    /** Keeps a token of zeros from a division by zero. */
    public static final double EPSILON = 1e-6;

    private final String name;

    /** A norm whose gain is the parameter {@code name}. */
    public RmsNorm(String name) {
        this.name = name;
    }

    @Override
    public Tensor apply(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            return x.rmsNorm(gain(graph, x), EPSILON);
        }
    }

    /** The mean over all positions of what {@link #apply} gives, [T, B, D] to [B, D]. */
    Tensor pooled(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            return x.pooledRmsNorm(gain(graph, x), EPSILON);
        }
    }

    private static Tensor gain(Graph graph, Tensor x) {
        return graph.vector("", 1, x.shape().axis(-1));
    }
}
