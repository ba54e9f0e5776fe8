package io.freshet.flink.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.source.MessyStream;
import io.freshet.flink.source.MessyStream.Message;
import io.freshet.flink.source.MessyStream.Side;
import io.freshet.flink.source.MessyStream.Wave;
import io.freshet.flink.source.SourceEvent;
import io.freshet.flink.source.TestPipelines;
import io.freshet.flink.source.TestTopics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and joining a messy stream, its partitions interleaved at random. */
class MessyStreamTest {
    private static final int PARTITIONS = 3;
    private static final long SEED = Long.getLong("freshet.seed", System.nanoTime());

    private final Pipeline pipeline = TestPipelines.likes("localhost:1");
    private final TestTopics topics = new TestTopics(pipeline);
    /** Newest event time by topic and partition; the watermark is the least of them, less the disorder allowed. */
    private final Map<String, Long> newest = new LinkedHashMap<>();

    private long offset;

    private void send(Wave wave, JoinHarness join, Random random) throws Exception {
        Map<String, Queue<Message>> partitions = new LinkedHashMap<>();
        for (Message message : wave.messages()) {
            partitions
                    .computeIfAbsent(message.side() + "/" + message.partition(), name -> new ArrayDeque<>())
                    .add(message);
        }
        partitions.keySet().forEach(name -> newest.putIfAbsent(name, Long.MIN_VALUE));
        List<String> names = new ArrayList<>(partitions.keySet());
        while (!names.isEmpty()) {
            String name = names.get(random.nextInt(names.size()));
            // A run of one partition, as a poll brings it.
            for (int run = 1 + random.nextInt(50);
                    run > 0 && !partitions.get(name).isEmpty();
                    run--) {
                process(name, partitions.get(name).remove(), join);
            }
            if (partitions.get(name).isEmpty()) {
                names.remove(name);
            }
        }
    }

    private void process(String partition, Message message, JoinHarness join) throws Exception {
        SourceEvent event = topics.read(message, offset++);
        if (message.side() == Side.IMPRESSIONS) {
            join.impression(event);
        } else {
            join.action(event);
        }
        if (!event.malformed() && event.timeMs() > newest.get(partition)) {
            newest.put(partition, event.timeMs());
            long least =
                    newest.values().stream().mapToLong(Long::longValue).min().orElseThrow();
            if (least > Long.MIN_VALUE) {
                join.watermark(least - pipeline.join().outOfOrderness().toMillis() - 1);
            }
        }
    }

    private static Map<String, Long> withoutZeros(Map<String, Long> counts) {
        Map<String, Long> nonZero = new TreeMap<>(counts);
        nonZero.values().removeIf(count -> count == 0);
        return nonZero;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyMessageIsAccountedForHoweverPartitionsInterleave(int round) throws Exception {
        MessyStream stream = MessyStream.of(SEED + round, 10_000, PARTITIONS);
        Random interleaving = new Random(SEED - round);
        try (JoinHarness join =
                new JoinHarness(pipeline.tasks(), pipeline.join().negativeSampleRate())) {
            for (Wave wave : stream.waves()) {
                send(wave, join, interleaving);
                assertThat(withoutZeros(join.counts()))
                        .as("%s, -Dfreshet.seed=%d", stream, SEED)
                        .isEqualTo(wave.expected());
                join.restart(1 + interleaving.nextInt(3));
            }
            join.watermark(Long.MAX_VALUE);
            assertThat(withoutZeros(join.counts()))
                    .as("drained, %s, -Dfreshet.seed=%d", stream, SEED)
                    .isEqualTo(stream.expectedWhenDrained());
        }
    }

    @Test
    void theStreamHasEveryKindOfMess() {
        Map<String, Long> expected = MessyStream.of(1, 10_000, PARTITIONS).expectedWhenDrained();

        assertThat(expected)
                .containsOnlyKeys(
                        "impressions",
                        "actions",
                        "examples",
                        "positives",
                        "joinedActions",
                        "dropped.impression_malformed",
                        "dropped.impression_from_future",
                        "dropped.impression_duplicate",
                        "dropped.impression_late",
                        "dropped.action_malformed",
                        "dropped.action_from_future",
                        "dropped.action_of_no_task",
                        "dropped.action_duplicate",
                        "dropped.action_before_impression",
                        "dropped.action_after_window",
                        "dropped.action_late",
                        "dropped.action_without_impression");
        assertThat(expected.get("impressions") + expected.get("actions")).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void itsOutcomesAddUpToItsMessages() {
        Map<String, Long> expected = MessyStream.of(SEED, 10_000, PARTITIONS).expectedWhenDrained();

        assertThat(expected.get("examples") + sum(expected, "dropped.impression_"))
                .isEqualTo(expected.get("impressions"));
        assertThat(expected.get("joinedActions") + sum(expected, "dropped.action_"))
                .isEqualTo(expected.get("actions"));
    }

    private static long sum(Map<String, Long> counts, String prefix) {
        return counts.entrySet().stream()
                .filter(count -> count.getKey().startsWith(prefix))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
