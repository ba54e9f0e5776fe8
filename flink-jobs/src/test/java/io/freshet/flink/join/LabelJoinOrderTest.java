package io.freshet.flink.join;

import static io.freshet.flink.join.Events.action;
import static io.freshet.flink.join.Events.impression;
import static io.freshet.flink.join.Events.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.source.SourceEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One stream, its two topics read in many orders. Event time goes as far as what is still to come allows, so nothing is
 * late. {@code -Dfreshet.seed=...} runs a failure again.
 */
class LabelJoinOrderTest {
    private static final long WINDOW_MS = 1_000;
    private static final List<TaskConfig> TASKS = List.of(task("like", "like", WINDOW_MS));
    private static final int IMPRESSIONS = 120;
    private static final long SEED = Long.getLong("freshet.seed", System.nanoTime());

    private final List<SourceEvent> impressions = new ArrayList<>();
    private final List<SourceEvent> actions = new ArrayList<>();
    /** When an example is complete, by impression id; no two at the same moment. */
    private final Map<String, Long> completeAtMs = new HashMap<>();

    /** A third are liked, a third get an action of no use: before the impression, which wakes their id too early. */
    LabelJoinOrderTest() {
        for (int i = 0; i < IMPRESSIONS; i++) {
            String id = "i-" + i;
            long shownMs = 10_000 + 20 * i;
            impressions.add(impression(id, shownMs));
            completeAtMs.put(id, shownMs + WINDOW_MS);
            if (i % 3 == 0) {
                long likedMs = shownMs + 1 + (i * 397L) % (WINDOW_MS - 20) / 20 * 20; // Odd, so no window closes then.
                likedMs = unused(likedMs);
                actions.add(action(id, "like", likedMs));
                completeAtMs.put(id, likedMs);
            } else if (i % 3 == 1) {
                actions.add(action(id, "like", shownMs - 300));
            }
        }
    }

    /** The moment, or the next odd one at which nothing is complete. */
    private long unused(long moment) {
        long free = moment;
        while (completeAtMs.containsValue(free)) {
            free += 2;
        }
        return free;
    }

    private List<String> inOrderOfCompletion() {
        return completeAtMs.keySet().stream()
                .sorted(Comparator.comparing(completeAtMs::get))
                .toList();
    }

    private interface Choice {
        boolean impressionNext();
    }

    /** What comes out as the events are read in that order, together with the watermark at which it came. */
    private static Map<Example, Long> join(List<SourceEvent> impressions, List<SourceEvent> actions, Choice choice)
            throws Exception {
        return join(TASKS, impressions, actions, choice);
    }

    private static Map<Example, Long> join(
            List<TaskConfig> tasks, List<SourceEvent> impressions, List<SourceEvent> actions, Choice choice)
            throws Exception {
        Map<Example, Long> cameAtMs = new LinkedHashMap<>();
        ArrayDeque<SourceEvent> shown = new ArrayDeque<>(impressions);
        ArrayDeque<SourceEvent> acted = new ArrayDeque<>(actions);
        try (JoinHarness join = new JoinHarness(tasks, 1)) {
            while (!shown.isEmpty() || !acted.isEmpty()) {
                if (acted.isEmpty() || !shown.isEmpty() && choice.impressionNext()) {
                    join.impression(shown.remove());
                } else {
                    join.action(acted.remove());
                }
                LongStream toCome =
                        Stream.concat(shown.stream(), acted.stream()).mapToLong(SourceEvent::timeMs);
                long watermark = toCome.min().orElse(Long.MAX_VALUE) - 1;
                join.watermark(watermark);
                join.drain().examples().forEach(example -> cameAtMs.put(example, watermark));
            }
        }
        return cameAtMs;
    }

    private static List<String> ids(Map<Example, Long> cameAtMs) {
        return cameAtMs.keySet().stream().map(Example::getImpressionId).toList();
    }

    @Test
    void theOrderHasPositivesAmongNegatives() {
        List<Boolean> positive = inOrderOfCompletion().stream()
                .map(id -> Integer.parseInt(id.substring(2)) % 3 == 0)
                .toList();

        int changes = 0;
        for (int i = 1; i < positive.size(); i++) {
            changes += positive.get(i).equals(positive.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).isGreaterThan(IMPRESSIONS / 4);
    }

    @Test
    void examplesLeaveInTheSameOrderWhicheverTopicIsReadFirst() throws Exception {
        assertThat(ids(join(impressions, actions, () -> true))).isEqualTo(inOrderOfCompletion());
        assertThat(ids(join(impressions, actions, () -> false))).isEqualTo(inOrderOfCompletion());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void examplesLeaveInTheOrderOfTheMomentsThatCompleteThemWhateverTheOrderOfArrival(int round) throws Exception {
        Random random = new Random(SEED + round);
        List<SourceEvent> shuffledImpressions = new ArrayList<>(impressions);
        List<SourceEvent> shuffledActions = new ArrayList<>(actions);
        Collections.shuffle(shuffledImpressions, random);
        Collections.shuffle(shuffledActions, random);

        Map<Example, Long> cameAtMs = join(shuffledImpressions, shuffledActions, random::nextBoolean);

        assertThat(ids(cameAtMs)).as("-Dfreshet.seed=%d", SEED).isEqualTo(inOrderOfCompletion());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aLabelIsNeverUsedBeforeItsEventTime(int round) throws Exception {
        Random random = new Random(SEED + round);

        Map<Example, Long> cameAtMs = join(impressions, actions, random::nextBoolean);

        assertThat(ids(cameAtMs)).as("-Dfreshet.seed=%d", SEED).isEqualTo(inOrderOfCompletion());
        cameAtMs.forEach((example, cameMs) -> {
            boolean liked = Integer.parseInt(example.getImpressionId().substring(2)) % 3 == 0;
            assertThat(example.getLabelsList())
                    .extracting(Label::getValue)
                    .as(example.getImpressionId())
                    .containsExactly(liked ? 1f : 0f);
            assertThat(cameMs)
                    .as("watermark when %s left, -Dfreshet.seed=%d", example.getImpressionId(), SEED)
                    .isGreaterThanOrEqualTo(completeAtMs.get(example.getImpressionId()));
        });
    }

    private static TaskConfig seconds(String action) {
        return new TaskConfig(
                "seconds",
                action,
                Duration.ofMillis(WINDOW_MS),
                TaskConfig.Type.REGRESSION,
                null,
                null,
                1,
                TaskConfig.Loss.SQUARED,
                0);
    }

    /** Several actions of one name, each of another value, some before their impression, two at the same moment. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void whichActionCountsDoesNotHangOnTheOrderOfArrival(int round) throws Exception {
        Random random = new Random(SEED + round);
        List<TaskConfig> tasks = List.of(task("soon", "watch", 300), seconds("watch"));
        List<SourceEvent> watched = new ArrayList<>();
        Map<String, Float> expected = new HashMap<>();
        for (SourceEvent shown : impressions) {
            long firstMs = Long.MAX_VALUE;
            long sameMs = shown.timeMs() + random.nextInt((int) WINDOW_MS);
            for (int i = random.nextInt(7); i > 0; i--) {
                long timeMs = i < 3 ? sameMs : shown.timeMs() + random.nextInt((int) WINDOW_MS + 200) - 100;
                float value = random.nextInt(1_000);
                watched.add(valued(action(shown.impressionId(), "watch", timeMs), value));
                boolean counts = timeMs >= shown.timeMs() && timeMs <= shown.timeMs() + WINDOW_MS;
                if (counts && timeMs <= firstMs) {
                    Float same = timeMs == firstMs ? expected.get(shown.impressionId()) : Float.valueOf(value);
                    expected.put(shown.impressionId(), Math.min(same, value));
                    firstMs = timeMs;
                }
            }
        }
        for (int order = 0; order < 4; order++) {
            List<SourceEvent> shuffledImpressions = new ArrayList<>(impressions);
            Collections.shuffle(shuffledImpressions, random);
            Collections.shuffle(watched, random);
            Map<String, Float> labels = new HashMap<>();
            join(tasks, shuffledImpressions, watched, random::nextBoolean)
                    .keySet()
                    .forEach(example -> example.getLabelsList().stream()
                            .filter(label -> label.getTask().equals("seconds"))
                            .forEach(label -> labels.put(example.getImpressionId(), label.getValue())));
            assertThat(labels).as("order %d, -Dfreshet.seed=%d", order, SEED).isEqualTo(expected);
        }
    }

    private static SourceEvent valued(SourceEvent event, float value) throws InvalidProtocolBufferException {
        byte[] payload = Action.parseFrom(event.payload()).toBuilder()
                .setValue(value)
                .build()
                .toByteArray();
        return new SourceEvent(
                event.kind(),
                event.impressionId(),
                event.timeMs(),
                payload,
                event.original(),
                event.kafkaTimeMs(),
                event.topic(),
                event.partition(),
                event.offset(),
                event.reason(),
                event.detail());
    }
}
