package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * Reads each task's logit off what a deep net found, by a linear map.
 *
 * <pre>
 *   in   x       [B, W]
 *   out  logits  [B, tasks]
 * </pre>
 */
public final class LinearTower {
    private LinearTower() {}

    /** The logits of all tasks; weights {@code tower.TASK.w} and {@code .b}. */
    public static Tensor all(Graph graph, List<String> tasks, Tensor x) {
        return graph.concat(1, tasks.stream().map(task -> logit(graph, task, x)).toList());
    }

    private static Tensor logit(Graph graph, String task, Tensor x) {
        try (Graph.Scope scope = graph.scope("tower." + task);
                Graph.Scope exact = graph.exact()) {
            return new LinearMap(Axis.of("logit", 1)).apply(graph, x); // [B, 1]
        }
    }
}
