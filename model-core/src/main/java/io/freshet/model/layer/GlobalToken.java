package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * Makes the token that sums up the whole input, as [CLS] does in text: {@code X_G = MLP_g(concat(G_1 .. G_(T-1)))}.
 * TokenMixer-Large, section on tokenization. G_i can be read as the raw features of a group or as its token.
 *
 * <pre>
 *   in   groups  [B, width of G_i], one per group
 *   out  token   [B, D]
 * </pre>
 */
public final class GlobalToken {
    /** Prefix of its weights. */
    static final String NAME = "global";

    private final Mlp mlp;

    /** A token with weights {@code global.*}, by a net as deep as the groups'. */
    public GlobalToken(Axis width, int layers) {
        mlp = new Mlp(layers, Axis.of("hidden", width.size()), width);
    }

    /** The global token [B, D]. */
    public Tensor apply(Graph graph, List<Tensor> groups) {
        try (Graph.Scope scope = graph.scope(NAME)) {
            return mlp.apply(graph, graph.concat(1, groups));
        }
    }
}
