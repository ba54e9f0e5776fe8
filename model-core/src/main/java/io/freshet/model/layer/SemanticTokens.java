package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts all features, in the order of their meaning, into T equal slices, and maps each linearly to a token:
 * {@code token_i = slice_i W_i + b_i}. RankMixer (arXiv 2507.15551), section on tokenization. Where T does not divide
 * the width, the first slices are one number wider: the paper's features came out even.
 *
 * <pre>
 *   in   features  [B, W]
 *   out  tokens    [T, B, D]
 *   w [W / T, D], b [D] of each
 * </pre>
 */
public final class SemanticTokens {
    private final Axis tokens;
    private final Axis width;

    /** Tokens with weights {@code token.0.w} and so on. */
    public SemanticTokens(Axis tokens, Axis width) {
        this.tokens = tokens;
        this.width = width;
    }

    /**
     * The tokens [T, B, D].
     *
     * @throws IllegalArgumentException if there are fewer numbers than tokens
     */
    public Tensor apply(Graph graph, Tensor features) {
        List<Tensor> slices = features.split(1, slices(features.shape().size(1)));
        List<Tensor> found = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            try (Graph.Scope scope = graph.scope("token." + i)) {
                found.add(new LinearMap(width).apply(graph, slices.get(i)));
            }
        }
        return graph.stack("T", found);
    }

    private Axis[] slices(int total) {
        int count = tokens.size();
        if (total < count) {
            throw new IllegalArgumentException(
                    ("ranker.heads asks for %d tokens, but all features together are only %d numbers wide. Take fewer"
                                    + " heads or larger dimensions of tables.")
                            .formatted(count, total));
        }
        Axis[] slices = new Axis[count];
        for (int i = 0; i < count; i++) {
            slices[i] = Axis.of("slice", total / count + (i < total % count ? 1 : 0));
        }
        return slices;
    }
}
