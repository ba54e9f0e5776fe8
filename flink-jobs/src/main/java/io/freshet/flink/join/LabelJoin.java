package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.feature.FeatureHash;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.join.Attribution.Refusal;
import io.freshet.flink.join.JoinState.Emitted;
import io.freshet.flink.join.JoinState.Held;
import io.freshet.flink.join.JoinState.HeldAction;
import io.freshet.flink.join.JoinState.PositiveLabel;
import io.freshet.flink.join.JoinState.Waiting;
import io.freshet.flink.join.Step.Completed;
import io.freshet.flink.join.Step.Drop;
import io.freshet.flink.source.SourceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides when an impression becomes a training example, and why an event does not count. State, event and watermark
 * come in, a {@link Step} goes out; the package's description has the rules as a table.
 *
 * <p>The caller keeps one promise: before it brings an event at some watermark, it has called {@link #onTime} for every
 * wake-up up to that watermark. Waking an id too early does no harm.
 *
 * <p>Threads: has no state of its own, any number may call.
 */
public final class LabelJoin {
    /** Actions of one name that wait for the impression of their id. */
    static final int HELD_OF_A_NAME = 8;

    private final Attribution attribution;
    private final double negativeSampleRate;
    private final long longestWindowMs;

    /**
     * A join for some tasks.
     *
     * @param tasks at least one
     * @param negativeSampleRate share of the impressions without a positive label that become examples, in (0, 1]
     */
    public LabelJoin(List<TaskConfig> tasks, double negativeSampleRate) {
        this.attribution = new Attribution(tasks);
        this.negativeSampleRate = negativeSampleRate;
        this.longestWindowMs = attribution.longestWindowMs();
    }

    /** What a step has sorted so far, and whether an event or the watermark caused it. */
    private record Sorted(List<Drop> dropped, int joinedActions, boolean byWatermark) {
        static final Sorted BY_WATERMARK = new Sorted(List.of(), 0, true);
    }

    /** Whether any task waits for actions of that name. */
    public boolean concerns(String action) {
        return attribution.concerns(action);
    }

    /** An impression arrives. */
    public Step onImpression(Optional<JoinState> before, SourceEvent event, long watermark) {
        long timeMs = event.timeMs();
        if (before.isPresent() && !(before.get() instanceof Held)) {
            String detail = "its id has come before; this one was shown at %d".formatted(timeMs);
            return refuse(before, event, new Refusal(Reason.IMPRESSION_DUPLICATE, detail));
        }
        if (timeMs + longestWindowMs <= watermark) {
            String detail = "shown at %d, its window of %d ms closed before it came: event time is %d"
                    .formatted(timeMs, longestWindowMs, watermark);
            return refuse(before, event, new Refusal(Reason.IMPRESSION_LATE, detail));
        }
        float negativeWeight = negativeWeight(event.impressionId());
        Waiting shown = new Waiting(timeMs, event.payload(), negativeWeight, List.of(), event.kafkaTimeMs());
        List<Drop> dropped = new ArrayList<>();
        int joined = 0;
        List<HeldAction> inOrder = new ArrayList<>(heldBy(before));
        inOrder.sort(HeldAction.FIRST);
        for (HeldAction held : inOrder) {
            List<PositiveLabel> labels = attribution.labels(shown, held);
            if (labels.isEmpty()) {
                dropped.add(drop(
                        held.origin(),
                        attribution.whyNot(
                                timeMs, shown.positives(), held.acted().action(), held.timeMs())));
            } else {
                shown = label(shown, labels);
                joined++;
            }
        }
        return settle(before, shown, watermark, new Sorted(dropped, joined, false));
    }

    /**
     * An action arrives.
     *
     * @param acted what was done; its name is one that {@link #concerns} a task
     */
    public Step onAction(Optional<JoinState> before, SourceEvent event, Acted acted, long watermark) {
        String action = acted.action();
        if (before.isEmpty() || before.get() instanceof Held) {
            return hold(before, event, acted, watermark);
        }
        if (before.get() instanceof Emitted mark) {
            return refuse(before, event, attribution.whyNot(mark.timeMs(), mark.positives(), action, event.timeMs()));
        }
        Waiting shown = (Waiting) before.get();
        HeldAction arrived = new HeldAction(acted, event.timeMs(), event.deadLetter());
        List<PositiveLabel> labels = attribution.labels(shown, arrived);
        if (labels.isEmpty()) {
            return refuse(before, event, attribution.whyNot(shown.timeMs(), shown.positives(), action, event.timeMs()));
        }
        Waiting labelled = label(shown, labels);
        List<Drop> displaced = displaced(shown, labelled, arrived);
        return settle(before, labelled, watermark, new Sorted(displaced, 1 - displaced.size(), false));
    }

    /** Actions that made a label, and were counted as joined, until one came that had been done before them. */
    private static List<Drop> displaced(Waiting before, Waiting after, HeldAction by) {
        List<HeldAction> left = after.labels().stream().map(PositiveLabel::by).toList();
        return before.labels().stream()
                .map(PositiveLabel::by)
                .distinct()
                .filter(action -> !left.contains(action))
                .map(action -> {
                    String detail = "%s at %d, one at %d has come that was first"
                            .formatted(by.acted().action(), action.timeMs(), by.timeMs());
                    return drop(action.origin(), new Refusal(Reason.ACTION_DUPLICATE, detail));
                })
                .toList();
    }

    /**
     * Event time has reached a moment at which this id wanted to be woken.
     *
     * @param timeMs that moment, and not the watermark, which may be far beyond it: an id that is woken by an old wish
     *     would then leave before others that are complete earlier
     */
    public Step onTime(JoinState state, long timeMs) {
        Optional<JoinState> before = Optional.of(state);
        if (state instanceof Held held) {
            return expire(held, timeMs);
        }
        if (state instanceof Waiting shown) {
            return settle(before, shown, timeMs, Sorted.BY_WATERMARK);
        }
        Optional<JoinState> keep = before.filter(mark -> wakeAtMs(mark) > timeMs);
        return step(before, keep, Optional.empty(), Sorted.BY_WATERMARK);
    }

    /**
     * Emits the example when event time has reached the moment that completes it, else goes on waiting. So examples leave
     * in the order of those moments, however the two topics are interleaved: a replay trains as live traffic did.
     */
    private Step settle(Optional<JoinState> before, Waiting shown, long nowMs, Sorted sorted) {
        if (attribution.completeAtMs(shown) > nowMs) {
            return step(before, Optional.of(shown), Optional.empty(), sorted);
        }
        Optional<JoinState> mark = Optional.of(new Emitted(shown.timeMs(), shown.positives()));
        float weight = shown.positives().isEmpty() ? shown.negativeWeight() : 1;
        if (weight > 0) {
            Completed completed = new Completed(shown, weight, attribution.isCompletedByWindow(shown));
            return step(before, mark, Optional.of(completed), sorted);
        }
        Drop sampledOut = new Drop(Reason.NEGATIVE_SAMPLED_OUT, Optional.empty());
        List<Drop> dropped = new ArrayList<>(sorted.dropped());
        dropped.add(sampledOut);
        return step(before, mark, Optional.empty(), new Sorted(dropped, sorted.joinedActions(), sorted.byWatermark()));
    }

    /** Keeps an action until its impression comes: the first of each name, so that what is kept has a bound. */
    private Step hold(Optional<JoinState> before, SourceEvent event, Acted acted, long watermark) {
        String action = acted.action();
        if (event.timeMs() + longestWindowMs <= watermark) {
            String detail = "%s at %d, no impression is known and any that it could belong to is late: event time is %d"
                    .formatted(action, event.timeMs(), watermark);
            return refuse(before, event, new Refusal(Reason.ACTION_LATE, detail));
        }
        HeldAction arrived = new HeldAction(acted, event.timeMs(), event.deadLetter());
        List<HeldAction> kept = new ArrayList<>(heldBy(before));
        kept.add(arrived);
        List<HeldAction> ofThatName = kept.stream()
                .filter(held -> held.acted().action().equals(action))
                .sorted(HeldAction.FIRST)
                .toList();
        if (ofThatName.size() <= HELD_OF_A_NAME) {
            return step(before, Optional.of(new Held(kept)), Optional.empty(), new Sorted(List.of(), 0, false));
        }
        HeldAction last = ofThatName.get(HELD_OF_A_NAME);
        String detail = "%s at %d, %d before it wait for the impression already"
                .formatted(action, last.timeMs(), HELD_OF_A_NAME);
        Drop dropped = drop(last.origin(), new Refusal(Reason.ACTION_DUPLICATE, detail));
        kept.remove(last);
        Optional<JoinState> keep = last == arrived ? before : Optional.of(new Held(kept));
        return step(before, keep, Optional.empty(), new Sorted(List.of(dropped), 0, false));
    }

    private Step expire(Held held, long nowMs) {
        List<HeldAction> kept = new ArrayList<>();
        List<Drop> dropped = new ArrayList<>();
        for (HeldAction action : held.actions()) {
            if (action.timeMs() + longestWindowMs > nowMs) {
                kept.add(action);
            } else {
                String detail = "%s at %d, no impression came until event time %d"
                        .formatted(action.acted().action(), action.timeMs(), nowMs);
                dropped.add(drop(action.origin(), new Refusal(Reason.ACTION_WITHOUT_IMPRESSION, detail)));
            }
        }
        Optional<JoinState> keep = kept.isEmpty() ? Optional.empty() : Optional.of(new Held(kept));
        return step(Optional.of(held), keep, Optional.empty(), new Sorted(dropped, 0, true));
    }

    private static Step refuse(Optional<JoinState> before, SourceEvent event, Refusal refusal) {
        return new Step(before, Optional.empty(), List.of(drop(event.deadLetter(), refusal)), 0, OptionalLong.empty());
    }

    /**
     * Asks to be woken only when no earlier wish covers it. A wish that has become too early stays: the id is then woken
     * for nothing once and asks again, which is cheaper than taking a timer back.
     */
    private Step step(
            Optional<JoinState> before, Optional<JoinState> keep, Optional<Completed> completed, Sorted sorted) {
        boolean covered = !sorted.byWatermark()
                && before.isPresent()
                && keep.isPresent()
                && wakeAtMs(before.get()) <= wakeAtMs(keep.get());
        OptionalLong wake = keep.isEmpty() || covered ? OptionalLong.empty() : OptionalLong.of(wakeAtMs(keep.get()));
        return new Step(keep, completed, sorted.dropped(), sorted.joinedActions(), wake);
    }

    /** The watermark at which a state changes by itself. */
    private long wakeAtMs(JoinState state) {
        if (state instanceof Held held) {
            return held.actions().stream().mapToLong(HeldAction::timeMs).min().orElseThrow() + longestWindowMs;
        }
        if (state instanceof Waiting shown) {
            return attribution.completeAtMs(shown);
        }
        return ((Emitted) state).timeMs() + 2 * longestWindowMs;
    }

    /** 1 / rate for the ids that stay in the sample, 0 for the others; the same id always gets the same. */
    private float negativeWeight(String impressionId) {
        double uniform = (FeatureHash.id("negative-sample", impressionId) >>> 11) * 0x1.0p-53; // in [0, 1)
        return uniform < negativeSampleRate ? (float) (1 / negativeSampleRate) : 0;
    }

    /** With labels in place of those that the same tasks had. */
    private static Waiting label(Waiting shown, List<PositiveLabel> labels) {
        List<PositiveLabel> all = new ArrayList<>(shown.labels());
        for (PositiveLabel label : labels) {
            all.removeIf(other -> other.task().equals(label.task()));
            all.add(label);
        }
        return new Waiting(shown.timeMs(), shown.impression(), shown.negativeWeight(), all, shown.kafkaTimeMs());
    }

    private static List<HeldAction> heldBy(Optional<JoinState> state) {
        return state.isPresent() && state.get() instanceof Held held ? held.actions() : List.of();
    }

    private static Drop drop(DeadLetter origin, Refusal refusal) {
        DeadLetter letter = origin.toBuilder()
                .setReason(refusal.reason().key())
                .setDetail(refusal.detail())
                .build();
        // An action that made a label in a state of an older format has no place to tell of.
        return new Drop(
                refusal.reason(),
                Optional.of(letter).filter(any -> !origin.getTopic().isEmpty()));
    }
}
