package io.freshet.flink.join;

import static io.freshet.flink.join.Events.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.join.JoinOracle.Expected;
import io.freshet.flink.join.JoinOracle.Item;
import io.freshet.flink.join.JoinOracle.Item.Kind;
import io.freshet.flink.source.SourceEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole operator against {@link JoinOracle}: random duplicates, reorderings, late ones, orphans, and restarts at
 * other parallelisms in the middle. A failure names its seed; {@code -Dfreshet.seed=...} runs it again.
 */
class LabelJoinRandomTest {
    private static final List<TaskConfig> ONE_TASK = List.of(task("like", "like", 100));
    private static final List<TaskConfig> SEVERAL_TASKS =
            List.of(task("click", "click", 60), task("buy", "buy", 100), task("quick", "click", 15));
    private static final long SEED = Long.getLong("freshet.seed", System.nanoTime());

    /** What the operator made of a stream; the index of an event is its offset. */
    private static final class Observed {
        final Map<Integer, String> refused = new TreeMap<>();
        final List<Expected> examples = new ArrayList<>();

        void after(int item, JoinHarness.Output output) {
            for (DeadLetter letter : output.deadLetters()) {
                String before = refused.put((int) letter.getOffset(), letter.getReason());
                assertThat(before)
                        .as("item %d is set aside once", letter.getOffset())
                        .isNull();
            }
            for (Example example : output.examples()) {
                Set<String> positives = new TreeSet<>();
                for (Label label : example.getLabelsList()) {
                    if (label.getValue() == 1) {
                        positives.add(label.getTask());
                    }
                }
                examples.add(new Expected(item, example.getImpressionId(), example.getTimeMs(), positives));
            }
        }
    }

    /** Impressions and actions of few ids, around an event time that runs on; ends with the end of time. */
    private static List<Item> randomStream(Random random, List<TaskConfig> tasks, int length) {
        List<Item> stream = new ArrayList<>();
        long now = 1_000;
        long watermark = Long.MIN_VALUE;
        String[] names = tasks.stream().map(TaskConfig::action).distinct().toArray(String[]::new);
        for (int i = 0; i < length; i++) {
            now += random.nextInt(4);
            // Ids live for some time, so that most actions meet their impression and some ids come back much later.
            String id = "i-" + (now / 150 + random.nextInt(6)) % 2_000;
            long timeMs = now + (random.nextInt(10) == 0 ? random.nextInt(600) - 400 : random.nextInt(60) - 30);
            if (watermark > 0 && random.nextInt(10) == 0) {
                timeMs = watermark - 100 + random.nextInt(3) - 1; // Right where windows close.
            }
            int dice = random.nextInt(100);
            if (dice < 35) {
                stream.add(new Item(Kind.IMPRESSION, id, "", Math.max(1, timeMs)));
            } else if (dice < 80) {
                stream.add(new Item(Kind.ACTION, id, names[random.nextInt(names.length)], Math.max(1, timeMs)));
            } else if (dice < 83) {
                stream.add(new Item(Kind.ACTION, id, "share", Math.max(1, timeMs)));
            } else if (now - 40 > watermark) {
                watermark = now - 40 + (random.nextInt(20) == 0 ? random.nextInt(100) : 0);
                stream.add(new Item(Kind.WATERMARK, "", "", watermark));
            }
        }
        stream.add(new Item(Kind.WATERMARK, "", "", Long.MAX_VALUE));
        return stream;
    }

    private static Observed run(JoinHarness join, List<Item> stream, IntSupplier parallelismIfRestarted)
            throws Exception {
        Observed observed = new Observed();
        for (int i = 0; i < stream.size(); i++) {
            Item item = stream.get(i);
            switch (item.kind()) {
                case IMPRESSION -> join.impression(Events.at(Events.impression(item.id(), item.timeMs()), i, i));
                case ACTION -> join.action(at(item, i));
                case WATERMARK -> join.watermark(item.timeMs());
            }
            observed.after(i, join.drain());
            int restartAt = parallelismIfRestarted.getAsInt();
            if (restartAt > 0) {
                join.restart(restartAt);
            }
        }
        return observed;
    }

    /** Now and then a parallelism to restart at, else 0. */
    private static IntSupplier restarts(long seed) {
        Random random = new Random(seed);
        return () -> random.nextInt(500) == 0 ? 1 + random.nextInt(4) : 0;
    }

    private static SourceEvent at(Item item, int index) {
        return Events.at(Events.action(item.id(), item.action(), item.timeMs()), index, index);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void everyEventComesOutAsTheOracleSays(int round) throws Exception {
        long seed = SEED + round;
        List<TaskConfig> tasks = round % 2 == 0 ? ONE_TASK : SEVERAL_TASKS;
        List<Item> stream = randomStream(new Random(seed), tasks, 3_000);
        JoinOracle oracle = new JoinOracle(stream, tasks);

        try (JoinHarness join = new JoinHarness(tasks, 1)) {
            Observed observed = run(join, stream, restarts(seed));

            Map<Integer, String> refused = new TreeMap<>(oracle.outcomes);
            refused.values().removeAll(Set.of("accepted", "joined", "action_of_no_task"));
            assertThat(observed.refused)
                    .as("set aside, -Dfreshet.seed=%d", seed)
                    .isEqualTo(refused);
            assertThat(observed.examples)
                    .as("examples and when they come, -Dfreshet.seed=%d", seed)
                    .containsExactlyInAnyOrderElementsOf(oracle.examples);
            assertThat(sums(join.counts()))
                    .as("counts, -Dfreshet.seed=%d", seed)
                    .isEqualTo(sums(oracle));
            assertThat(join.statesHeld() + join.timers())
                    .as("left behind, -Dfreshet.seed=%d", seed)
                    .isZero();
        }
    }

    /** The stream as it comes when event time goes on in great leaps: one watermark of twenty, and the last. */
    private static List<Item> inLeaps(List<Item> stream, Random random) {
        return stream.stream()
                .filter(item ->
                        item.kind() != Kind.WATERMARK || item.timeMs() == Long.MAX_VALUE || random.nextInt(20) == 0)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatOneWatermarkBringsOutLeavesInTheOrderOfTheMomentsThatCompleteIt(int round) throws Exception {
        long seed = SEED + round;
        List<TaskConfig> tasks = round % 2 == 0 ? ONE_TASK : SEVERAL_TASKS;
        List<Item> stream = inLeaps(randomStream(new Random(seed), tasks, 3_000), new Random(seed));
        JoinOracle oracle = new JoinOracle(stream, tasks);

        try (JoinHarness join = new JoinHarness(tasks, 1)) {
            Map<Integer, List<Long>> moments = new TreeMap<>();
            for (Expected example : run(join, stream, () -> 0).examples) {
                moments.computeIfAbsent(example.item(), item -> new ArrayList<>())
                        .add(oracle.completeAtMs.get(example));
            }

            assertThat(moments.values()).as("some come together").anyMatch(together -> together.size() > 5);
            assertThat(moments)
                    .allSatisfy((item, together) -> assertThat(together)
                            .as("item %d, -Dfreshet.seed=%d", item, seed)
                            .isSorted());
        }
    }

    @Test
    void theRandomStreamsHaveEveryKindOfOutcome() {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 4; seed++) {
            seen.addAll(new JoinOracle(randomStream(new Random(seed), SEVERAL_TASKS, 3_000), SEVERAL_TASKS)
                    .outcomes.values());
        }

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "accepted",
                        "joined",
                        "impression_duplicate",
                        "impression_late",
                        "action_of_no_task",
                        "action_duplicate",
                        "action_before_impression",
                        "action_after_window",
                        "action_late",
                        "action_without_impression");
    }

    @Test
    void withNegativeSamplingTheSumStillEqualsTheInput() throws Exception {
        List<Item> stream = randomStream(new Random(SEED), ONE_TASK, 3_000);
        JoinOracle oracle = new JoinOracle(stream, ONE_TASK);

        try (JoinHarness join = new JoinHarness(ONE_TASK, 0.3)) {
            Observed observed = run(join, stream, restarts(SEED));

            long negatives = oracle.examples.stream()
                    .filter(example -> example.positives().isEmpty())
                    .count();
            long negativesOut = observed.examples.stream()
                    .filter(example -> example.positives().isEmpty())
                    .count();
            assertThat(observed.examples).as("-Dfreshet.seed=%d", SEED).isSubsetOf(oracle.examples);
            assertThat(join.counts().get("dropped.negative_sampled_out"))
                    .as("-Dfreshet.seed=%d", SEED)
                    .isEqualTo(negatives - negativesOut)
                    .isPositive();
            long dropped = join.counts().entrySet().stream()
                    .filter(count -> count.getKey().startsWith("dropped.impression_")
                            || count.getKey().equals("dropped.negative_sampled_out"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            assertThat(join.counts().get("examples") + dropped)
                    .isEqualTo(join.counts().get("impressions"));
        }
    }

    private static Map<String, Long> sums(Map<String, Long> counts) {
        Map<String, Long> sums = new TreeMap<>(counts);
        sums.values().removeIf(count -> count == 0);
        return sums;
    }

    /** The counters that follow from the oracle; their sums equal the input, each event having one outcome. */
    private static Map<String, Long> sums(JoinOracle oracle) {
        Map<String, Long> sums = new TreeMap<>();
        oracle.outcomes.forEach((item, outcome) -> {
            String side = oracle.isImpression(item) ? "impressions" : "actions";
            sums.merge(side, 1L, Long::sum);
            switch (outcome) {
                case "accepted" -> sums.merge("examples", 1L, Long::sum);
                case "joined" -> sums.merge("joinedActions", 1L, Long::sum);
                default -> sums.merge("dropped." + outcome, 1L, Long::sum);
            }
        });
        oracle.examples.stream()
                .filter(example -> !example.positives().isEmpty())
                .forEach(example -> sums.merge("positives", 1L, Long::sum));
        return sums;
    }
}
