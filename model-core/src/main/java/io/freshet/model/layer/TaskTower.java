package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * Reads one task's logit off the pooled tokens, by a net with one hidden layer of width D.
 *
 * <pre>
 *   in   pooled  [B, D]
 *   out  logit   [B, 1]
 * </pre>
 */
public final class TaskTower {
    private final String task;

    /** A tower with its own weights, {@code tower.TASK.*}. */
    public TaskTower(String task) {
        this.task = task;
    }

    /** The logits [B, tasks] of all tasks, each with its own tower. */
    public static Tensor all(Graph graph, List<String> tasks, Tensor pooled) {
        return graph.concat(
                1,
                tasks.stream()
                        .map(task -> new TaskTower(task).apply(graph, pooled))
                        .toList());
    }

    /** The task's logit [B, 1]. */
    public Tensor apply(Graph graph, Tensor pooled) {
        try (Graph.Scope scope = graph.scope("tower." + task);
                Graph.Scope exact = graph.exact()) {
            Axis hidden = Axis.of("hidden", pooled.shape().size(1));
            return new Mlp(2, hidden, Axis.of("logit", 1)).apply(graph, pooled);
        }
    }
}
