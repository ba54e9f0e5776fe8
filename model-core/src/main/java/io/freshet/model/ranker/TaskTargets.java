package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TaskConfig.Type;
import java.util.List;

/**
 * Which labels of a batch a task learns from. Immutable.
 *
 * <ul>
 *   <li>A label that is not there, NaN, is masked.
 *   <li>A task that is given another one is masked where that one's label is not 1, or masked itself.
 *   <li>The label of a product is 1 when those of all its tasks are, 0 when one of them is 0, and else masked.
 * </ul>
 */
public final class TaskTargets {
    private final int count;
    private final int[] given; // -1 for none
    private final int[] of; // -1 for none

    TaskTargets(List<TaskConfig> tasks) {
        List<String> names = tasks.stream().map(TaskConfig::name).toList();
        count = tasks.size();
        given = tasks.stream().mapToInt(task -> names.indexOf(task.given())).toArray();
        of = tasks.stream()
                .mapToInt(task -> task.type() == Type.PRODUCT ? names.indexOf(task.of()) : -1)
                .toArray();
    }

    /**
     * Labels and masks of a batch.
     *
     * @param labels [B, tasks] 0 where masked
     * @param masks [B, tasks] 1 where a label counts, 0 where it is masked
     */
    public record Targets(float[] labels, float[] masks) {}

    /** The targets of some labels [B, tasks]; those of products need not be filled in. */
    public Targets of(float[] given) {
        Targets targets = new Targets(given.clone(), new float[given.length]);
        for (int at = 0; at < targets.labels.length; at += count) {
            complete(targets, at);
        }
        return targets;
    }

    private void complete(Targets targets, int at) {
        for (int task = 0; task < count; task++) {
            if (of[task] >= 0) {
                targets.labels[at + task] = product(targets, at, of[task]);
            }
            boolean known = !Float.isNaN(targets.labels[at + task]);
            int condition = given[task];
            boolean holds =
                    condition < 0 || (targets.masks[at + condition] == 1 && targets.labels[at + condition] == 1);
            targets.masks[at + task] = known && holds ? 1 : 0;
        }
        for (int task = 0; task < count; task++) {
            if (targets.masks[at + task] == 0) {
                targets.labels[at + task] = 0;
            }
        }
    }

    /** 1 when the task and all that it is given are 1, 0 when one of them is 0, else NaN. */
    private float product(Targets targets, int at, int last) {
        float product = 1;
        for (int task = last; task >= 0; task = given[task]) {
            float label = targets.labels[at + task];
            if (label == 0) {
                return 0;
            }
            product *= label;
        }
        return product;
    }
}
