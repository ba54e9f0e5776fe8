package io.freshet.model.ranker;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/** How far logits are from the labels: cross entropy, summed over tasks. Its input is labels [B, tasks]. */
final class TaskLosses {
    private final Tensor labels;

    TaskLosses(Graph graph, int tasks) {
        labels = graph.input("labels", Shape.BATCH, Axis.of("tasks", tasks));
    }

    /** The loss of each example, [B], of logits [B, tasks]. */
    Tensor of(Tensor logits) {
        return logits.crossEntropy(labels).sum(1);
    }
}
