package io.freshet.flink.join;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must become of every event of a finished stream, found by looking at the whole list again and again, without
 * state, timers, or any code of the join. Slow, and written from the rules alone.
 */
final class JoinOracle {
    /** An entry of the stream: an event, or the watermark, to which everything after it is subject. */
    record Item(Kind kind, String id, String action, long timeMs) {
        enum Kind {
            IMPRESSION,
            ACTION,
            WATERMARK
        }
    }

    /**
     * An example.
     *
     * @param item index of the event or watermark right after which it must come
     */
    record Expected(int item, String id, long timeMs, Set<String> positives) {}

    /** "joined", "accepted", or a reason, by the index of the event. */
    final Map<Integer, String> outcomes = new TreeMap<>();

    final List<Expected> examples = new ArrayList<>();

    /** The moment in event time that completes an example. */
    final Map<Expected, Long> completeAtMs = new HashMap<>();

    private final List<Item> stream;
    private final List<TaskConfig> tasks;
    private final long longest;

    JoinOracle(List<Item> stream, List<TaskConfig> tasks) {
        this.stream = stream;
        this.tasks = tasks;
        this.longest =
                tasks.stream().mapToLong(task -> task.window().toMillis()).max().orElseThrow();
        Map<String, List<Integer>> byId = new LinkedHashMap<>();
        for (int i = 0; i < stream.size(); i++) {
            Item item = stream.get(i);
            if (item.kind() == Item.Kind.WATERMARK) {
                continue;
            }
            boolean foreign = item.kind() == Item.Kind.ACTION
                    && tasks.stream().noneMatch(task -> task.action().equals(item.action()));
            if (foreign) {
                decide(i, Reason.ACTION_OF_NO_TASK);
            } else {
                byId.computeIfAbsent(item.id(), id -> new ArrayList<>()).add(i);
            }
        }
        byId.values().forEach(this::judge);
    }

    boolean isImpression(int item) {
        return stream.get(item).kind() == Item.Kind.IMPRESSION;
    }

    /** One id: impressions that count part its events into lives. */
    private void judge(List<Integer> events) {
        int from = 0;
        while (from < events.size()) {
            int shown = from;
            while (shown < events.size() && !accepted(events.get(shown))) {
                shown++;
            }
            List<Integer> held = beforeImpression(events.subList(from, shown));
            if (shown == events.size()) {
                held.forEach(action -> decide(action, Reason.ACTION_WITHOUT_IMPRESSION));
                return;
            }
            from = live(events, shown, held);
        }
    }

    private boolean accepted(int event) {
        Item item = stream.get(event);
        return item.kind() == Item.Kind.IMPRESSION && item.timeMs() + longest > watermarkAt(event);
    }

    /** Decides all events without an impression but those actions that may still meet one, which it returns. */
    private List<Integer> beforeImpression(List<Integer> events) {
        List<Integer> candidates = new ArrayList<>();
        for (int event : events) {
            if (stream.get(event).kind() == Item.Kind.IMPRESSION) {
                decide(event, Reason.IMPRESSION_LATE);
            } else if (stream.get(event).timeMs() + longest <= watermarkAt(event)) {
                decide(event, Reason.ACTION_LATE);
            } else {
                candidates.add(event);
            }
        }
        // Of more than eight that are held at one time under one name, the last in event time, or else in the stream,
        // goes.
        List<Integer> held = new ArrayList<>();
        for (int event : candidates) {
            held.add(event);
            List<Integer> rivals = held.stream()
                    .filter(other ->
                            stream.get(other).action().equals(stream.get(event).action()))
                    .filter(other -> stream.get(other).timeMs() + longest > watermarkAt(event))
                    .sorted(Comparator.comparingLong(other -> stream.get(other).timeMs()))
                    .toList();
            if (rivals.size() > 8) {
                decide(rivals.get(8), Reason.ACTION_DUPLICATE);
                held.remove(rivals.get(8));
            }
        }
        return held;
    }

    /** From an impression that counts to the end of its id's mark; returns where the next life begins. */
    private int live(List<Integer> events, int shownAt, List<Integer> held) {
        int shown = events.get(shownAt);
        long timeMs = stream.get(shown).timeMs();
        decide(shown, "accepted");
        Map<String, Integer> positives = new TreeMap<>(); // The action that makes the label, by task.
        held.sort(Comparator.comparingLong(action -> stream.get(action).timeMs()));
        for (int action : held) {
            if (stream.get(action).timeMs() + longest <= watermarkAt(shown)) {
                decide(action, Reason.ACTION_WITHOUT_IMPRESSION);
            } else {
                decide(action, verdict(action, timeMs, positives, false));
            }
        }
        int next = shownAt + 1;
        int emittedAt = -1;
        for (int i = shown; i < stream.size() && emittedAt < 0; i++) {
            if (next < events.size() && events.get(next) == i) {
                follow(i, timeMs, positives, false);
                next++;
            }
            if (completeAtMs(timeMs, positives) <= watermarkAt(i)) {
                emittedAt = i;
            }
        }
        Expected example = new Expected(emittedAt, stream.get(shown).id(), timeMs, new TreeSet<>(positives.keySet()));
        examples.add(example);
        completeAtMs.put(example, completeAtMs(timeMs, positives));
        while (next < events.size() && watermarkAt(events.get(next)) < timeMs + 2 * longest) {
            follow(events.get(next), timeMs, positives, true);
            next++;
        }
        return next;
    }

    private void follow(int event, long shownMs, Map<String, Integer> positives, boolean emitted) {
        if (stream.get(event).kind() == Item.Kind.IMPRESSION) {
            decide(event, Reason.IMPRESSION_DUPLICATE);
        } else {
            decide(event, verdict(event, shownMs, positives, emitted));
        }
    }

    private String verdict(int event, long shownMs, Map<String, Integer> positives, boolean emitted) {
        Item action = stream.get(event);
        long afterMs = action.timeMs() - shownMs;
        if (afterMs < 0) {
            return Reason.ACTION_BEFORE_IMPRESSION.key();
        }
        boolean inTime = false;
        boolean known = false;
        boolean joined = false;
        for (TaskConfig task : tasks) {
            if (task.action().equals(action.action())
                    && afterMs <= task.window().toMillis()) {
                inTime = true;
                known |= positives.containsKey(task.name());
                Integer by = positives.get(task.name());
                if (!emitted && (by == null || action.timeMs() < stream.get(by).timeMs())) {
                    joined = true;
                    if (by != null) {
                        outcomes.put(by, Reason.ACTION_DUPLICATE.key()); // It was joined until now.
                    }
                    positives.put(task.name(), event);
                }
            }
        }
        if (joined) {
            return "joined";
        }
        return (!inTime ? Reason.ACTION_AFTER_WINDOW : known ? Reason.ACTION_DUPLICATE : Reason.ACTION_LATE).key();
    }

    /** When nothing can change the labels any more: for a task with one, when that was made, else when its window closes. */
    private long completeAtMs(long shownMs, Map<String, Integer> positives) {
        return tasks.stream()
                .mapToLong(task -> positives.containsKey(task.name())
                        ? stream.get(positives.get(task.name())).timeMs()
                        : shownMs + task.window().toMillis())
                .max()
                .orElseThrow();
    }

    /** The watermark as of the item: the newest one at or before it. */
    private long watermarkAt(int index) {
        for (int i = index; i >= 0; i--) {
            if (stream.get(i).kind() == Item.Kind.WATERMARK) {
                return stream.get(i).timeMs();
            }
        }
        return Long.MIN_VALUE;
    }

    private void decide(int event, Reason reason) {
        decide(event, reason.key());
    }

    private void decide(int event, String outcome) {
        String before = outcomes.put(event, outcome);
        if (before != null) {
            throw new AssertionError("The oracle decides item %d twice: %s, then %s".formatted(event, before, outcome));
        }
    }
}
