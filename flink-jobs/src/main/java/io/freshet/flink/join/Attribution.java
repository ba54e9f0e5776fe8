package io.freshet.flink.join;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.join.JoinState.HeldAction;
import io.freshet.flink.join.JoinState.PositiveLabel;
import io.freshet.flink.join.JoinState.Waiting;
import java.util.List;

/**
 * Which action is a label of which impression: for a task with window w, the first of the task's name at a time in
 * [t, t + w], t being the time of the impression, both ends included.
 */
final class Attribution {
    private final List<TaskConfig> tasks;
    private final long longestWindowMs;

    Attribution(List<TaskConfig> tasks) {
        this.tasks = List.copyOf(tasks);
        this.longestWindowMs =
                tasks.stream().mapToLong(Attribution::windowMs).max().orElseThrow();
    }

    /** Why an action is no label. */
    record Refusal(Reason reason, String detail) {}

    long longestWindowMs() {
        return longestWindowMs;
    }

    boolean concerns(String action) {
        return tasks.stream().anyMatch(task -> task.action().equals(action));
    }

    /** The positive labels that the action gives, of tasks without one or with one by a later action; perhaps none. */
    List<PositiveLabel> labels(Waiting shown, HeldAction action) {
        return tasks.stream()
                .filter(task -> inTime(task, shown.timeMs(), action.acted().action(), action.timeMs()))
                .map(TaskConfig::name)
                .filter(name -> shown.labels().stream()
                        .noneMatch(label -> label.task().equals(name) && !action.isBefore(label.by())))
                .map(name -> new PositiveLabel(name, action))
                .toList();
    }

    /** Why an action that labels no task does not: the reason that came closest to being a label. */
    Refusal whyNot(long shownMs, List<String> positives, String action, long actionMs) {
        if (actionMs < shownMs) {
            return new Refusal(
                    Reason.ACTION_BEFORE_IMPRESSION,
                    "%s at %d, its impression was shown at %d".formatted(action, actionMs, shownMs));
        }
        List<TaskConfig> inTime = tasks.stream()
                .filter(task -> inTime(task, shownMs, action, actionMs))
                .toList();
        if (inTime.isEmpty()) {
            return new Refusal(
                    Reason.ACTION_AFTER_WINDOW,
                    "%s at %d, %d ms after its impression, later than its window allows"
                            .formatted(action, actionMs, actionMs - shownMs));
        }
        if (inTime.stream().anyMatch(task -> positives.contains(task.name()))) {
            return new Refusal(
                    Reason.ACTION_DUPLICATE,
                    "%s at %d, its impression has that label by an action as early".formatted(action, actionMs));
        }
        return new Refusal(
                Reason.ACTION_LATE,
                "%s at %d, within the window, but the example went out before it came".formatted(action, actionMs));
    }

    /**
     * The moment in event time at which nothing can change an impression's labels any more, so that its example is
     * complete.
     */
    long completeAtMs(Waiting shown) {
        return Math.max(shown.labelledAtMs(), closesAtMs(shown));
    }

    /** Whether the close of a window completes the example, and not an action. */
    boolean isCompletedByWindow(Waiting shown) {
        return closesAtMs(shown) >= shown.labelledAtMs();
    }

    /** When the last window of a task without a positive label closes; the smallest long when all have theirs. */
    private long closesAtMs(Waiting shown) {
        long closesAtMs = Long.MIN_VALUE;
        for (TaskConfig task : tasks) {
            if (!shown.positives().contains(task.name())) {
                closesAtMs = Math.max(closesAtMs, shown.timeMs() + windowMs(task));
            }
        }
        return closesAtMs;
    }

    private static boolean inTime(TaskConfig task, long shownMs, String action, long actionMs) {
        return task.action().equals(action) && actionMs >= shownMs && actionMs <= shownMs + windowMs(task);
    }

    private static long windowMs(TaskConfig task) {
        return task.window().toMillis();
    }
}
