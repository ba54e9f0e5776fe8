package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * Has a lower block predict the label too, so that deep stacks get gradient low down: {@code z = mean_t(X) w + b}. One
 * of the forms in which the paper's auxiliary loss is read; heads are used in training only.
 *
 * <pre>
 *   in   tokens  [T, B, D]
 *   out  logit   [B, 1]
 * </pre>
 */
public final class AuxiliaryHead {
    private final int block;
    private final String task;

    /** A head with its own weights, {@code aux.BLOCK.TASK.*}. */
    public AuxiliaryHead(int block, String task) {
        this.block = block;
        this.task = task;
    }

    /** The auxiliary logits [B, tasks] of a block for all tasks. */
    public static Tensor all(Graph graph, int block, List<String> tasks, Tensor tokens) {
        return graph.concat(
                1,
                tasks.stream()
                        .map(task -> new AuxiliaryHead(block, task).apply(graph, tokens))
                        .toList());
    }

    /** The auxiliary logit [B, 1]. */
    public Tensor apply(Graph graph, Tensor tokens) {
        try (Graph.Scope scope = graph.scope("aux." + block + "." + task);
                Graph.Scope exact = graph.exact()) {
            Tensor pooled = tokens.mean(0); // [B, D]
            Axis one = Axis.of("logit", 1);
            Tensor w = graph.matrix("w", 1, pooled.shape().axis(1), one);
            return pooled.linear(w, graph.vector("b", 0, one)); // [B, 1]
        }
    }
}
