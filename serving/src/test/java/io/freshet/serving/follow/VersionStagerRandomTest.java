package io.freshet.serving.follow;

import static io.freshet.serving.follow.StagerHarness.MODEL;
import static io.freshet.serving.follow.StagerHarness.assertTrue;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.LogRecord.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories (aborted checkpoints and transactions, rescales, forgotten rows, new lineages, compaction), read in random order across partitions,
 * with damage on the way: whatever goes live is exactly what was published, and the last version does go live.
 *
 * <p>Set the system property {@code freshet.seed} to run one seed again, {@code freshet.histories} for more or fewer.
 */
class VersionStagerRandomTest {
    private static final long FIRST_SEED = 20_261_122;

    private static final int HISTORIES = Integer.getInteger("freshet.histories", 200);

    private final Map<String, FakePublisher> publishers = new HashMap<>();
    private final Map<String, List<LogRecord>> log = new LinkedHashMap<>();
    private Random random;
    private VersionId newest;

    @Test
    void noWrongVersionGoesLiveAndTheLastOneDoes() {
        Long single = Long.getLong("freshet.seed");
        if (single != null) {
            runHistory(single);
            return;
        }
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            runHistory(seed);
        }
    }

    /** A history in which damage takes a row from the tail of a segment that begins in the prefix. */
    @Test
    void aRowLostBehindThePrefixIsNotTakenForCompaction() {
        runHistory(20_262_802);
    }

    /** A history in which a shard that the job no longer has loses a marker some versions before the first one to go live. */
    @Test
    void aMarkerLostBeforeARescaleIsMissedHoweverLongAgo() {
        runHistory(20_270_235);
    }

    private void runHistory(long seed) {
        publishers.clear();
        log.clear();
        random = new Random(seed);
        try {
            publishHistory();
            readUntilNewest();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void publishHistory() {
        int partitions = 1 + random.nextInt(4);
        FakePublisher publisher = new FakePublisher(MODEL, "lineage-0", 1 + random.nextInt(4), partitions);
        learn(publisher);
        long checkpointId = 0;
        long last = 0;
        for (int step = 0; step < 12; step++) {
            checkpointId += 1 + random.nextInt(2);
            int kind = random.nextInt(10);
            if (kind == 0 && last > 0) {
                publisher = publisher.fork("lineage-" + publishers.size(), 1 + random.nextInt(4));
                checkpointId = 1 + random.nextInt(5);
            } else if (kind == 1 && last == checkpointId - 1) {
                publisher.rescale(1 + random.nextInt(4), last);
            }
            publishers.put(publisher.lineage(), publisher);
            learn(publisher);
            if (kind == 2 || kind == 3) {
                publishAborted(publisher, checkpointId);
                checkpointId++;
                learn(publisher);
            }
            if (kind == 4 && last > 0) {
                publishBroken(publisher, checkpointId, last);
                checkpointId++;
                learn(publisher);
            }
            publishWhole(publisher, checkpointId);
            last = checkpointId;
        }
    }

    private void learn(FakePublisher publisher) {
        for (int i = random.nextInt(30); i > 0; i--) {
            if (random.nextInt(5) == 0) {
                publisher.forget(random.nextInt(60));
            } else {
                publisher.learn(random.nextInt(60), random.nextFloat());
            }
        }
    }

    /** A checkpoint is complete, but Kafka has aborted some of its transactions when the job is restored from it. */
    private void publishBroken(FakePublisher publisher, long checkpointId, long last) {
        for (int shard = 0; shard < publisher.shards(); shard++) {
            List<LogRecord> transaction = publisher.cutShard(shard, checkpointId);
            append(random.nextBoolean() ? transaction : List.of());
        }
        List<LogRecord> transaction = publisher.cutTrainer(checkpointId, checkpointId);
        append(random.nextBoolean() ? transaction : List.of());
        publisher.restore(last, 1 + random.nextInt(4));
    }

    /** Some of the writers only. */
    private void publishAborted(FakePublisher publisher, long checkpointId) {
        for (int shard = 0; shard < publisher.shards(); shard++) {
            if (random.nextBoolean()) {
                append(publisher.cutShard(shard, checkpointId));
            }
        }
        if (random.nextBoolean()) {
            append(publisher.cutTrainer(checkpointId, checkpointId));
        }
    }

    private void publishWhole(FakePublisher publisher, long checkpointId) {
        append(publisher.cut(checkpointId));
        newest = VersionId.newBuilder()
                .setLineage(publisher.lineage())
                .setCheckpointId(checkpointId)
                .build();
    }

    private void append(List<LogRecord> records) {
        for (LogRecord record : records) {
            log.computeIfAbsent(record.place(), place -> new ArrayList<>()).add(record);
        }
    }

    /** Reads as the follower does: from the start, and again after each refusal; damage comes at most three times. */
    private void readUntilNewest() {
        Optional<VersionId> served = Optional.empty();
        for (int reading = 0; reading < 4; reading++) {
            int damageAt = reading < 3 && random.nextBoolean() ? random.nextInt(300) : -1;
            StagerHarness harness = new StagerHarness(served);
            read(harness, reading == 0, damageAt);
            for (Outcome.Whole whole : harness.wholes()) {
                assertTrue(whole, publishers.get(whole.record().getVersion().getLineage()));
            }
            if (!harness.wholes().isEmpty()) {
                served = Optional.of(harness.last().record().getVersion());
            }
            if (damageAt < 0) {
                assertThat(harness.complaints()).as("refused without damage").isEmpty();
            }
            if (harness.refusals().isEmpty() && served.filter(this::isNewest).isPresent()) {
                return;
            }
        }
        throw new AssertionError("Served %s in the end, not %s".formatted(served, newest));
    }

    private boolean isNewest(VersionId version) {
        return version.getLineage().equals(newest.getLineage())
                && version.getCheckpointId() == newest.getCheckpointId();
    }

    /** Partitions at random, each in its order; what lies before a random end is the prefix, perhaps compacted. */
    private void read(StagerHarness harness, boolean fromEmpty, int damageAt) {
        Map<String, List<LogRecord>> prefixes = new LinkedHashMap<>();
        Map<String, List<LogRecord>> tails = new LinkedHashMap<>();
        boolean compact = random.nextBoolean();
        log.forEach((place, records) -> {
            int end = fromEmpty ? 0 : random.nextInt(records.size() + 1);
            List<LogRecord> prefix = records.subList(0, end);
            prefixes.put(place, new ArrayList<>(compact ? VersionStagerPrefixTest.compacted(prefix) : prefix));
            tails.put(place, new ArrayList<>(records.subList(end, records.size())));
        });
        int taken = drain(harness, prefixes, false, damageAt);
        if (taken >= 0) {
            harness.prefixesRead();
        }
        if (harness.refusals().isEmpty()) {
            drain(harness, tails, true, damageAt < 0 ? -1 : damageAt - taken);
        }
    }

    /** How many records were taken; -1 if one was refused. */
    private int drain(StagerHarness harness, Map<String, List<LogRecord>> places, boolean tail, int damageAt) {
        int taken = 0;
        places.values().removeIf(List::isEmpty);
        while (!places.isEmpty()) {
            List<List<LogRecord>> open = List.copyOf(places.values());
            List<LogRecord> place = open.get(random.nextInt(open.size()));
            for (int burst = 1 + random.nextInt(8); burst > 0 && !place.isEmpty(); burst--) {
                LogRecord record = place.remove(0);
                // Damage in a prefix may be taken for compaction, by design: keep it to the tail.
                for (LogRecord arriving : tail && taken == damageAt ? damaged(record) : List.of(record)) {
                    harness.take(arriving, tail);
                    if (!harness.refusals().isEmpty()) {
                        return -1;
                    }
                }
                taken++;
            }
            places.values().removeIf(List::isEmpty);
        }
        return taken;
    }

    /** Lost, twice, or with a bit turned. */
    private List<LogRecord> damaged(LogRecord record) {
        return switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(record, record);
            default -> List.of(withBitTurned(record));
        };
    }

    private LogRecord withBitTurned(LogRecord record) {
        try {
            if (record.isRow()) {
                RowRecord.Builder row = RowRecord.parseFrom(record.value()).toBuilder();
                if (row.getRow().getTombstone()) {
                    return record; // Without weights to be damaged.
                }
                row.getRowBuilder().setWeights(turned(row.getRow().getWeights()));
                return record.withValue(row.build().toByteArray());
            }
            if (record.topic() == Topic.DENSE) {
                DenseChunk.Builder chunk = DenseChunk.parseFrom(record.value()).toBuilder();
                return record.withValue(
                        chunk.setWeights(turned(chunk.getWeights())).build().toByteArray());
            }
            return record;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private ByteString turned(ByteString bytes) {
        byte[] copy = bytes.toByteArray();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return ByteString.copyFrom(copy);
    }
}
