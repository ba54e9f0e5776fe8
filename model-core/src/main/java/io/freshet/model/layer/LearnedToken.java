package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A global token that is the same for every example, a vector of its own as [CLS] is in text. One repository has it;
 * TokenMixer-Large makes its global token of the groups.
 *
 * <pre>
 *   token  [D], and repeated [B, D]
 * </pre>
 */
public final class LearnedToken {
    /** As class tokens of vision transformers start. */
    private static final double DEVIATION = 0.02;

    private final Axis width;

    /** A token with the weight {@code global.token}. */
    public LearnedToken(Axis width) {
        this.width = width;
    }

    /** The token [B, D], for as many examples as {@code other} [B, D] has. */
    public Tensor apply(Graph graph, Tensor other) {
        try (Graph.Scope scope = graph.scope("global")) {
            return graph.uniform("token", DEVIATION, width).repeatAs(other, 0);
        }
    }
}
