package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TaskConfig.Loss;
import io.freshet.contracts.pipeline.TaskConfig.Type;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How far logits are from the labels, summed over tasks: cross entropy, or for a regression the squared error or Huber's
 * loss of the logit as a value.
 *
 * <p>Inputs: labels [B, tasks]; label_weights [B, tasks], the task's weight, or 0 where a label is missing.
 */
final class TaskLosses {
    private final Graph graph;
    private final List<TaskConfig> tasks;
    private final Tensor labels;
    private final Tensor labelWeights;

    TaskLosses(Graph graph, List<TaskConfig> tasks) {
        this.graph = graph;
        this.tasks = tasks;
        Axis all = Axis.of("tasks", tasks.size());
        labels = graph.input("labels", Shape.BATCH, all);
        labelWeights = graph.input("label_weights", Shape.BATCH, all);
    }

    /** The loss of each example, [B], of logits [B, tasks]. */
    Tensor of(Tensor logits) {
        return ofTasks(logits).times(labelWeights).sum(1);
    }

    private Tensor ofTasks(Tensor logits) {
        if (tasks.stream().noneMatch(task -> task.type() == Type.REGRESSION)) {
            return logits.crossEntropy(labels);
        }
        Axis[] each = tasks.stream().map(task -> Axis.of(task.name(), 1)).toArray(Axis[]::new);
        List<Tensor> logit = logits.split(1, each);
        List<Tensor> label = labels.split(1, each);
        List<Tensor> losses = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            losses.add(loss(tasks.get(i), logit.get(i), label.get(i)));
        }
        return graph.concat(1, losses);
    }

    private static Tensor loss(TaskConfig task, Tensor logit, Tensor label) {
        if (task.type() != Type.REGRESSION) {
            return logit.crossEntropy(label);
        }
        Tensor error = logit.minus(label);
        return task.loss() == Loss.SQUARED ? error.times(error) : huber(error, task.huberDelta());
    }

    /** Huber 1964: e^2 / 2 up to delta, delta (|e| - delta / 2) beyond; that is c (e - c / 2), c = e clamped to +-delta. */
    private static Tensor huber(Tensor error, double delta) {
        Tensor limit = error.filled(delta);
        Tensor clamped =
                error.plus(limit).relu().minus(error.minus(limit).relu()).minus(limit);
        return clamped.times(error.minus(clamped.times(0.5)));
    }
}
