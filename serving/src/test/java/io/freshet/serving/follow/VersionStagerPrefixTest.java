package io.freshet.serving.follow;

import static io.freshet.serving.follow.StagerHarness.MODEL;
import static io.freshet.serving.follow.StagerHarness.assertTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.LogRecord.Topic;
import io.freshet.serving.follow.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server that starts from topics which hold something, and may have been compacted. */
class VersionStagerPrefixTest {
    private final FakePublisher publisher = new FakePublisher(MODEL, "a", 2, 3);
    private final List<LogRecord> log = new ArrayList<>();
    private final StagerHarness harness = new StagerHarness(Optional.empty());

    private void publish(long checkpointId, float value, int rows) {
        for (long id = 0; id < rows; id++) {
            publisher.learn(id, value + id);
        }
        log.addAll(publisher.cut(checkpointId));
    }

    @Test
    void nothingIsLiveBeforeThePrefixesAreRead() {
        publish(1, 100, 30);
        harness.prefix(log);
        assertThat(harness.live()).isEmpty();
        harness.prefixesRead();
        assertThat(harness.live()).containsExactly(1L);
    }

    @Test
    void theNewestVersionOfAnUncompactedPrefixIsTheFirstLive() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        publish(3, 300, 10);
        harness.prefix(log).prefixesRead();
        assertThat(harness.live()).containsExactly(3L);
        assertTrue(harness.last(), publisher);
    }

    @Test
    void theNewestVersionOfACompactedPrefixIsTheFirstLive() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        publish(3, 300, 10);
        harness.prefix(compacted(log)).prefixesRead();
        assertThat(harness.live()).containsExactly(3L);
        assertTrue(harness.last(), publisher);
    }

    @Test
    void theTailGoesOnFromThere() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        harness.prefix(compacted(log)).prefixesRead();
        publisher.learn(3, 7);
        harness.tail(publisher.cut(3));
        assertThat(harness.live()).containsExactly(2L, 3L);
        assertTrue(harness.last(), publisher);
    }

    @Test
    void aVersionIsNotLiveWhenThePrefixHasRowsThatAreNewer() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        int cut = log.size();
        publish(3, 300, 10);
        List<LogRecord> third = List.copyOf(log.subList(cut, log.size()));
        List<LogRecord> begun = new ArrayList<>(log.subList(0, cut));
        begun.addAll(third.subList(0, 3));
        harness.prefix(compacted(begun)).prefixesRead();
        assertThat(harness.live()).isEmpty();
        harness.tail(third.subList(3, third.size()));
        assertThat(harness.live()).containsExactly(3L);
        assertTrue(harness.last(), publisher);
    }

    @Test
    void aVersionThatBeginsInThePrefixMayEndInTheTail() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        for (int end = 1; end < log.size(); end++) {
            StagerHarness fresh = new StagerHarness(Optional.empty());
            fresh.prefix(compacted(log.subList(0, end))).prefixesRead();
            fresh.tail(log.subList(end, log.size()));
            assertThat(fresh.refusals()).as("prefix of %d records", end).isEmpty();
            assertThat(fresh.live()).as("prefix of %d records", end).endsWith(2L);
            fresh.wholes().forEach(whole -> assertTrue(whole, publisher));
        }
    }

    @Test
    void aRowMissingOfASegmentThatEndsInTheTailIsRefusedWhereverItWas() {
        publish(1, 100, 30);
        int begin = log.size();
        publish(2, 200, 20);
        int marker = begin + VersionStagerTest.first(log.subList(begin, log.size()), record -> !record.isRow());
        for (int missing = begin; missing < marker; missing++) {
            for (int end = begin + 1; end <= marker; end++) {
                StagerHarness fresh = new StagerHarness(Optional.empty());
                fresh.prefix(compacted(without(missing, log.subList(0, end)))).prefixesRead();
                fresh.tail(without(missing - end, log.subList(end, marker + 1)));
                assertThat(fresh.refusals())
                        .as("row %d of %d to %d, prefix of %d", missing, begin, marker, end)
                        .containsExactly(Reason.ROW_COUNT);
            }
        }
    }

    @Test
    void rowsOfThePrefixWhoseMarkerIsMissingInTheTailAreRefused() {
        publish(1, 100, 30);
        int begin = log.size();
        publish(2, 200, 20);
        int marker = begin + VersionStagerTest.first(log.subList(begin, log.size()), record -> !record.isRow());
        publisher.learn(0, 300);
        harness.prefix(compacted(log.subList(0, marker))).prefixesRead();
        harness.tail(log.subList(marker + 1, log.size()));
        harness.tail(publisher.cutShard(0, 3).subList(0, 1));
        assertThat(harness.refusals()).containsExactly(Reason.MISSING_MARKER);
    }

    private static List<LogRecord> without(int index, List<LogRecord> records) {
        List<LogRecord> kept = new ArrayList<>(records);
        if (index >= 0 && index < kept.size()) {
            kept.remove(index);
        }
        return kept;
    }

    @Test
    void rowsOfAnAbortedCheckpointInThePrefixGoLiveWithTheNextVersion() {
        publish(1, 100, 30);
        publisher.learn(4, 1);
        log.addAll(publisher.cutShard(0, 2));
        harness.prefix(log).prefixesRead();
        assertThat(harness.live()).isEmpty();
        harness.tail(publisher.cut(3));
        assertThat(harness.live()).containsExactly(3L);
        assertTrue(harness.last(), publisher);
    }

    @Test
    void onlyTheNewestLineageCounts() {
        publish(7, 100, 30);
        FakePublisher next = publisher.fork("b", 3);
        next.learn(1, 5);
        log.addAll(next.cut(2));
        harness.prefix(compacted(log)).prefixesRead();
        assertThat(harness.live()).containsExactly(2L);
        assertTrue(harness.last(), next);
    }

    @Test
    void anOlderLineageIsNotLiveWhileANewerOneIsOnItsWay() {
        publish(7, 100, 30);
        FakePublisher next = publisher.fork("b", 3);
        List<LogRecord> coming = next.cut(2);
        log.addAll(coming.subList(0, 2));
        harness.prefix(log).prefixesRead();
        assertThat(harness.live()).isEmpty();
        harness.tail(coming.subList(2, coming.size()));
        assertThat(harness.live()).containsExactly(2L);
        assertTrue(harness.last(), next);
    }

    @Test
    void aMissingRowOfTheNewestVersionIsRefused() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        log.remove(lastRow());
        harness.prefix(log).prefixesRead();
        assertThat(harness.refusals()).containsExactly(Reason.ROW_COUNT);
        assertThat(harness.live()).isEmpty();
    }

    @Test
    void aRowWithOtherWeightsIsRefusedWhereItCanBeTold() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        int row = lastRow();
        LogRecord other = log.stream()
                .filter(record -> record.isRow()
                        && record.partition() == log.get(row).partition()
                        && !record.sameKey(log.get(row)))
                .reduce((before, after) -> after)
                .orElseThrow();
        log.set(row, log.get(row).withValue(other.value())); // Weights of its neighbour.
        for (LogRecord record : log) {
            harness.prefix(List.of(record));
            if (!harness.refusals().isEmpty()) {
                break;
            }
        }
        assertThat(harness.refusals()).containsExactly(Reason.CHECKSUM);
    }

    @Test
    void aSegmentThatLiesWhollyInTheTailIsCheckedBeforeTheFirstVersionIsLive() {
        publish(1, 100, 30);
        List<LogRecord> withoutVersion =
                log.stream().filter(record -> record.topic() != Topic.VERSIONS).toList();
        harness.prefix(withoutVersion).prefixesRead();
        publish(2, 200, 20);
        List<LogRecord> second = new ArrayList<>(log.subList(withoutVersion.size() + 1, log.size()));
        publish(3, 300, 20);
        List<LogRecord> third = new ArrayList<>(log.subList(withoutVersion.size() + 1 + second.size(), log.size()));
        harness.tail(VersionStagerTest.of(second, Topic.ROWS));
        third.remove(VersionStagerTest.first(third, LogRecord::isRow));
        int marker = VersionStagerTest.first(third, record -> record.topic() == Topic.ROWS && !record.isRow());
        harness.tail(third.subList(0, marker + 1));
        assertThat(harness.refusals()).containsExactly(Reason.ROW_COUNT);
    }

    @Test
    void examplesPublishedBeforeTheServerWasUpAreNotCovered() {
        publish(1, 100, 30);
        StagerHarness late = new StagerHarness(Optional.empty(), System.currentTimeMillis() + 1000);
        late.prefix(log).prefixesRead();
        assertThat(late.last().covered()).isEmpty();
        harness.prefix(log).prefixesRead();
        assertThat(harness.last().covered()).hasSize(1);
    }

    @Test
    void readingAgainGoesOnFromTheServedVersionAndCoversWhatCameSince() {
        publish(1, 100, 30);
        publish(2, 200, 20);
        publish(3, 300, 10);
        StagerHarness again = new StagerHarness(Optional.of(served(1)));
        again.prefix(log).prefixesRead();
        assertThat(again.live()).containsExactly(3L);
        assertThat(again.last().covered())
                .extracting(record -> record.getVersion().getCheckpointId())
                .containsExactly(2L, 3L);
        assertTrue(again.last(), publisher);
    }

    @Test
    void readingAgainNeverGoesBackBehindTheServedVersion() {
        publish(1, 100, 30);
        StagerHarness again = new StagerHarness(Optional.of(served(2)));
        again.prefix(log).prefixesRead();
        assertThat(again.live()).isEmpty();
        again.tail(publisher.cut(2));
        assertThat(again.live()).containsExactly(2L);
        assertThat(again.last().covered()).isEmpty();
    }

    private static VersionId served(long checkpointId) {
        return VersionId.newBuilder()
                .setLineage("a")
                .setCheckpointId(checkpointId)
                .build();
    }

    private int lastRow() {
        for (int i = log.size() - 1; i >= 0; i--) {
            if (log.get(i).isRow()) {
                return i;
            }
        }
        throw new AssertionError("no row");
    }

    /** As Kafka's cleaner leaves it: only the newest record per key and partition, in the old order. */
    static List<LogRecord> compacted(List<LogRecord> log) {
        List<LogRecord> kept = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            LogRecord record = log.get(i);
            if (log.subList(i + 1, log.size()).stream().noneMatch(record::sameKey)) {
                kept.add(record);
            }
        }
        return kept;
    }
}
