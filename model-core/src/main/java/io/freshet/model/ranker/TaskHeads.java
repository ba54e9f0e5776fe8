package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * From the logits of the tasks that have their own to the logits of all. That of a product follows from others (ESMM, Ma
 * et al. 2018: p(click and buy) = p(click) p(buy given click)), taken in logits so that nothing overflows:
 *
 * <pre>
 *   p = sigmoid(a) sigmoid(b)
 *   logit(p) = -log(1/p - 1) = -log(e^-a + e^-b + e^-(a + b)) = -(s + softplus(-a - s))   with s = softplus(-a) - b
 * </pre>
 */
final class TaskHeads {
    private final Graph graph;
    private final List<TaskConfig> tasks;

    TaskHeads(Graph graph, List<TaskConfig> tasks) {
        this.graph = graph;
        this.tasks = tasks;
    }

    /** Names of the tasks that a ranker gives a logit of their own, in the order of the file. */
    static List<String> own(List<TaskConfig> tasks) {
        return tasks.stream()
                .filter(task -> task.type() != TaskConfig.Type.PRODUCT)
                .map(TaskConfig::name)
                .toList();
    }

    /** Of a vector [tasks] the entries of the tasks that have their own logits. */
    Tensor ownOf(Tensor vector) {
        if (own(tasks).size() == tasks.size()) {
            return vector;
        }
        List<Tensor> pieces = vector.split(0, ones(tasks.size()));
        List<Tensor> own = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).type() != TaskConfig.Type.PRODUCT) {
                own.add(pieces.get(i));
            }
        }
        return graph.concat(0, own);
    }

    /** The logits [B, tasks] of all tasks, of those [B, own] of the tasks that have their own. */
    Tensor complete(Tensor ownLogits) {
        if (own(tasks).size() == tasks.size()) {
            return ownLogits;
        }
        List<Tensor> pieces = ownLogits.split(1, ones(ownLogits.shape().size(1)));
        Map<String, Tensor> unconditional = new HashMap<>(); // Of a task and all that it is given.
        List<Tensor> logits = new ArrayList<>();
        int next = 0;
        for (TaskConfig task : tasks) {
            if (task.type() == TaskConfig.Type.PRODUCT) {
                logits.add(unconditional.get(task.of()));
                continue;
            }
            Tensor logit = pieces.get(next++); // [B, 1]
            logits.add(logit);
            if (task.type() == TaskConfig.Type.BINARY) {
                Tensor given = unconditional.get(task.given());
                unconditional.put(task.name(), given == null ? logit : product(given, logit));
            }
        }
        return graph.concat(1, logits);
    }

    private static Tensor product(Tensor a, Tensor b) {
        Tensor minusA = a.times(-1);
        Tensor s = minusA.softplus().minus(b);
        return s.plus(minusA.minus(s).softplus()).times(-1);
    }

    private static Axis[] ones(int count) {
        return IntStream.range(0, count).mapToObj(i -> Axis.of("task", 1)).toArray(Axis[]::new);
    }
}
