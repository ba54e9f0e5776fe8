package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Makes one token of one group of features: {@code token = MLP_group(all features of the group side by side)}.
 * TokenMixer-Large, section on tokenization. Activation and depth are not published; both repositories that were found
 * use two layers of width D.
 *
 * <pre>
 *   in   features  [B, width of the group]
 *   out  token     [B, D]
 * </pre>
 */
public final class GroupTokenizer {
    private final String group;
    private final Mlp mlp;

    /** A tokenizer with its own weights, {@code group.NAME.*}, of so many linear maps. */
    public GroupTokenizer(String group, Axis width, int layers) {
        this.group = group;
        mlp = new Mlp(layers, Axis.of("hidden", width.size()), width);
    }

    /** The group's token [B, D]. */
    public Tensor apply(Graph graph, Tensor features) {
        try (Graph.Scope scope = graph.scope("group." + group)) {
            return mlp.apply(graph, features);
        }
    }
}
