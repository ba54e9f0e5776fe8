package io.freshet.flink.source;

import io.freshet.flink.deadletter.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A stream of JSON events as bad as they get, of which it is known what the join must make: duplicates, reorderings,
 * orphans, late ones and every sort of malformed message among good ones. For {@link TestPipelines#likes}.
 *
 * <p>It comes in waves. The counts after a wave hold however the messages of its partitions are interleaved, as long as
 * each partition keeps its order and everything of a wave is counted before the next one is sent. Each wave ends with a
 * good pair of events per partition, far enough ahead to close all windows before it; event time itself stays behind that
 * pair, so its own examples wait until the next wave, or until the job is drained.
 *
 * <p>The seed decides everything; it is part of {@link #toString()}.
 */
public final class MessyStream {
    /** Window of the task. */
    public static final long WINDOW_MS = 1_000;

    /** Disorder inside a partition; less than the pipeline allows. */
    private static final long DISORDER_MS = 150;

    private static final long START_MS = 1_600_000_000_000L;
    private static final long FAR_FUTURE_MS = 32_000_000_000_000L;

    private final long seed;
    private final Random random;
    private final int partitions;
    private final Map<String, Long> expected = new TreeMap<>();
    private final List<Wave> waves = new ArrayList<>();
    private final List<Timed> current = new ArrayList<>();
    private long nowMs = START_MS;
    private long closedMs = START_MS;
    private int nextId;

    private MessyStream(long seed, int partitions) {
        this.seed = seed;
        this.random = new Random(seed);
        this.partitions = partitions;
    }

    /** The two topics. */
    public enum Side {
        IMPRESSIONS,
        ACTIONS
    }

    /**
     * A message to send.
     *
     * @param value null for a tombstone
     */
    public record Message(Side side, int partition, byte[] value) {}

    /**
     * Messages to send in this order, and what the join's counters (those that are not 0) must then reach.
     *
     * @param expected cumulative, by counter name
     */
    public record Wave(List<Message> messages, Map<String, Long> expected) {}

    private record Timed(long sendAtMs, Message message) {}

    /**
     * A stream of about so many messages.
     *
     * @param partitions of each of the two topics
     */
    public static MessyStream of(long seed, int messages, int partitions) {
        MessyStream stream = new MessyStream(seed, partitions);
        stream.fill(messages / 2, false);
        stream.endWave();
        stream.fill(messages / 2, true);
        stream.endWave();
        return stream;
    }

    /** What to send, wave by wave. */
    public List<Wave> waves() {
        return Collections.unmodifiableList(waves);
    }

    /** What the counters must be when, after the last wave, the job is drained: nothing waits any more. */
    public Map<String, Long> expectedWhenDrained() {
        return Collections.unmodifiableMap(expected);
    }

    @Override
    public String toString() {
        return "MessyStream[seed=" + seed + ", partitions=" + partitions + "]";
    }

    private void fill(int messages, boolean withLate) {
        int stories = withLate ? 14 : 12;
        while (current.size() < messages) {
            nowMs += random.nextInt(8);
            tell(random.nextInt(stories));
        }
    }

    /** One little story and what must come of it. */
    private void tell(int story) {
        String id = "i-" + nextId++;
        long shownMs = nowMs;
        switch (story) {
            case 0, 1, 2 -> negative(id, shownMs);
            case 3, 4, 5 -> positive(id, shownMs, within());
            case 6 -> {
                positive(id, shownMs, within());
                impression(id, shownMs);
                count(Reason.IMPRESSION_DUPLICATE);
            }
            case 7 -> {
                positive(id, shownMs, within());
                action(id, "like", shownMs + within());
                count(Reason.ACTION_DUPLICATE);
            }
            case 8 -> {
                negative(id, shownMs);
                action(id, "like", shownMs - 1 - random.nextInt(500));
                count(Reason.ACTION_BEFORE_IMPRESSION);
            }
            case 9 -> {
                negative(id, shownMs);
                action(id, "like", shownMs + WINDOW_MS + 1 + random.nextInt(900));
                count(Reason.ACTION_AFTER_WINDOW);
            }
            case 10 -> {
                action(id, "like", shownMs);
                count(Reason.ACTION_WITHOUT_IMPRESSION);
                action(id, "share", shownMs);
                count(Reason.ACTION_OF_NO_TASK);
            }
            case 11 -> malformed(id, shownMs);
            case 12 -> {
                // Times from before the last wave's end, whose windows it has closed.
                impression(id, closedMs - WINDOW_MS - random.nextInt(5_000));
                count(Reason.IMPRESSION_LATE);
            }
            default -> {
                action(id, "like", closedMs - WINDOW_MS - random.nextInt(5_000));
                count(Reason.ACTION_LATE);
            }
        }
    }

    private void negative(String id, long shownMs) {
        impression(id, shownMs);
        count("examples");
    }

    private void positive(String id, long shownMs, long afterMs) {
        impression(id, shownMs);
        action(id, "like", shownMs + afterMs);
        count("examples");
        count("positives");
        count("joinedActions");
    }

    /** A delay inside the window, its ends included. */
    private long within() {
        return random.nextInt(6) == 0 ? (random.nextBoolean() ? 0 : WINDOW_MS) : random.nextInt((int) WINDOW_MS);
    }

    private void malformed(String id, long timeMs) {
        String good = impressionJson(id, timeMs);
        List<Supplier<byte[]>> impressions = List.of(
                () -> null,
                () -> bytes(""),
                () -> bytes("not json"),
                () -> bytes("[]"),
                () -> bytes(good.substring(0, good.length() / 2)),
                () -> bytes("{\"time_ms\":%d,\"features\":{}}".formatted(timeMs)),
                () -> bytes("{\"impression_id\":\"%s\",\"features\":{}}".formatted(id)),
                () -> bytes("{\"impression_id\":\"%s\",\"time_ms\":-5,\"features\":{}}".formatted(id)),
                () -> bytes("{\"impression_id\":\"%s\",\"time_ms\":%d,\"features\":{\"age\":\"old\"}}"
                        .formatted(id, timeMs)),
                () -> bytes(
                        "{\"impression_id\":\"%s\",\"time_ms\":%d,\"features\":{\"age\":1e999}}".formatted(id, timeMs)),
                this::noise);
        List<Supplier<byte[]>> actions = List.of(
                () -> null,
                () -> bytes("{}"),
                () -> bytes("{\"impression_id\":\"%s\",\"time_ms\":%d}".formatted(id, timeMs)),
                () -> bytes("{\"impression_id\":\"\",\"action\":\"like\",\"time_ms\":%d}".formatted(timeMs)),
                () -> bytes("{\"impression_id\":\"%s\",\"action\":\"like\",\"time_ms\":\"soon\"}".formatted(id)),
                this::noise);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                send(nowMs, Side.IMPRESSIONS, pick(impressions));
                count(Reason.IMPRESSION_MALFORMED);
            }
            case 2 -> {
                send(nowMs, Side.IMPRESSIONS, bytes(impressionJson(id, FAR_FUTURE_MS)));
                count(Reason.IMPRESSION_FROM_FUTURE);
            }
            case 3 -> {
                send(nowMs, Side.ACTIONS, pick(actions));
                count(Reason.ACTION_MALFORMED);
            }
            default -> {
                send(nowMs, Side.ACTIONS, bytes(actionJson(id, "like", FAR_FUTURE_MS)));
                count(Reason.ACTION_FROM_FUTURE);
            }
        }
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(60)];
        random.nextBytes(noise);
        noise[0] = (byte) 0xff; // Never UTF-8, so never JSON.
        return noise;
    }

    private byte[] pick(List<Supplier<byte[]>> values) {
        return values.get(random.nextInt(values.size())).get();
    }

    /** A good pair per partition, so far ahead that everything before it is settled. */
    private void endWave() {
        long endMs = nowMs + 10 * WINDOW_MS;
        for (int partition = 0; partition < partitions; partition++) {
            String id = "end-" + waves.size() + "-" + partition;
            current.add(new Timed(endMs, new Message(Side.IMPRESSIONS, partition, bytes(impressionJson(id, endMs)))));
            current.add(new Timed(endMs, new Message(Side.ACTIONS, partition, bytes(actionJson(id, "like", endMs)))));
            List.of("impressions", "actions", "joinedActions").forEach(this::count);
        }
        current.sort(Comparator.comparingLong(Timed::sendAtMs));
        Map<String, Long> reached = new TreeMap<>(expected);
        reached.put("waiting", (long) partitions);
        waves.add(new Wave(current.stream().map(Timed::message).toList(), reached));
        List.of("examples", "positives").forEach(counter -> expected.merge(counter, (long) partitions, Long::sum));
        current.clear();
        closedMs = endMs - 1_000;
        nowMs = endMs;
    }

    private void impression(String id, long timeMs) {
        send(timeMs, Side.IMPRESSIONS, bytes(impressionJson(id, timeMs)));
    }

    private void action(String id, String name, long timeMs) {
        send(timeMs, Side.ACTIONS, bytes(actionJson(id, name, timeMs)));
    }

    private void send(long timeMs, Side side, byte[] value) {
        long sendAtMs = Math.max(timeMs, closedMs) + random.nextInt((int) DISORDER_MS);
        current.add(new Timed(sendAtMs, new Message(side, random.nextInt(partitions), value)));
        count(side == Side.IMPRESSIONS ? "impressions" : "actions");
    }

    private void count(Reason reason) {
        count("dropped." + reason.key());
    }

    private void count(String counter) {
        expected.merge(counter, 1L, Long::sum);
    }

    private static String impressionJson(String id, long timeMs) {
        return "{\"impression_id\":\"%s\",\"time_ms\":%d,\"features\":{\"user\":\"u-%s\",\"genres\":[\"a\",\"b\"],\"age\":3.5}}"
                .formatted(id, timeMs, id);
    }

    private static String actionJson(String id, String action, long timeMs) {
        return "{\"impression_id\":\"%s\",\"action\":\"%s\",\"time_ms\":%d}".formatted(id, action, timeMs);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
