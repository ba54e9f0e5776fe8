package io.freshet.serving.follow;

import static io.freshet.serving.follow.StagerHarness.MODEL;
import static io.freshet.serving.follow.StagerHarness.assertTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.LogRecord.Topic;
import io.freshet.serving.follow.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VersionStagerTest {
    private final FakePublisher publisher = new FakePublisher(MODEL, "a", 2, 3);
    private final StagerHarness harness = StagerHarness.onEmptyTopics();

    private void learn(float value) {
        for (long id = 0; id < 40; id++) {
            publisher.learn(id, value + id);
        }
    }

    @Nested
    class AVersionGoesLive {
        @Test
        void withItsLastPieceAndNotBefore() {
            learn(100);
            List<LogRecord> records = publisher.cut(1);
            for (int missing = 0; missing < records.size(); missing++) {
                List<LogRecord> others = new ArrayList<>(records);
                LogRecord held = others.remove(missing);
                if (held.isRow()) {
                    continue; // Its marker would be refused: see below.
                }
                StagerHarness fresh = StagerHarness.onEmptyTopics().tail(others);
                assertThat(fresh.live()).as("without %s", held.place()).isEmpty();
                fresh.tail(List.of(held));
                assertThat(fresh.live()).containsExactly(1L);
                assertTrue(fresh.last(), publisher);
            }
        }

        @Test
        void withAllRowsOfTheVersionsBefore() {
            learn(100);
            harness.tail(publisher.cut(1));
            publisher.learn(7, 1).learn(50, 2);
            harness.tail(publisher.cut(2));
            harness.tail(publisher.cut(3));
            assertThat(harness.live()).containsExactly(1L, 2L, 3L);
            assertTrue(harness.last(), publisher);
            assertTrue(harness.wholes().get(0), publisher);
        }

        @Test
        void whileRowsOfTheNextOneAreThereAlready() {
            learn(100);
            List<LogRecord> first = publisher.cut(1);
            publisher.learn(6, 1).learn(8, 1);
            List<LogRecord> second = publisher.cut(2);
            List<LogRecord> shard0 = shardRecords(second, 0);
            LogRecord last = first.remove(first.size() - 1);
            harness.tail(first).tail(shard0).tail(List.of(last));
            assertThat(harness.live()).containsExactly(1L);
            assertTrue(harness.last(), publisher);
            second.removeAll(shard0);
            harness.tail(second);
            assertThat(harness.live()).containsExactly(1L, 2L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void inTheOrderOfCheckpoints() {
            learn(100);
            List<LogRecord> first = publisher.cut(1);
            learn(200);
            List<LogRecord> second = publisher.cut(2);
            List<LogRecord> records = new ArrayList<>(first);
            records.addAll(second);
            harness.tail(of(records, Topic.VERSIONS))
                    .tail(of(records, Topic.DENSE))
                    .tail(of(records, Topic.ROWS));
            assertThat(harness.live()).containsExactly(1L, 2L);
            harness.wholes().forEach(whole -> assertTrue(whole, publisher));
        }
    }

    @Nested
    class AnAbortedCheckpoint {
        @Test
        void isNeverLiveAndItsRowsGoLiveWithTheNext() {
            learn(100);
            harness.tail(publisher.cut(1));
            publisher.learn(6, 1).learn(7, 1);
            harness.tail(publisher.cutShard(0, 2)).tail(publisher.cutTrainer(2, 2));
            assertThat(harness.live()).containsExactly(1L);
            publisher.learn(8, 3);
            harness.tail(publisher.cut(3));
            assertThat(harness.live()).containsExactly(1L, 3L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void thatOnlyShardsHaveSeenIsSkipped() {
            learn(100);
            harness.tail(publisher.cut(1));
            publisher.learn(6, 1).learn(7, 1);
            harness.tail(publisher.cutShard(0, 2)).tail(publisher.cutShard(1, 2));
            harness.tail(publisher.cut(3));
            assertThat(harness.live()).containsExactly(1L, 3L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void reportsItsExamplesWithTheVersionThatBringsThem() {
            learn(100);
            harness.tail(publisher.cut(1));
            harness.tail(publisher.cutTrainer(2, 2));
            harness.tail(publisher.cut(3));
            assertThat(harness.last().covered())
                    .extracting(record -> record.getVersion().getCheckpointId())
                    .containsExactly(2L, 3L);
            assertThat(harness.last().covered())
                    .allSatisfy(record -> assertThat(record.getCompletionsList())
                            .extracting(CompletionBucket::getExamples)
                            .containsExactly(1L));
        }

        @Test
        void mayBeTheFirstOfItsLineage() {
            learn(100);
            harness.tail(publisher.cutShard(0, 1));
            learn(200);
            harness.tail(publisher.cut(2));
            assertThat(harness.live()).containsExactly(2L);
            assertTrue(harness.last(), publisher);
        }
    }

    @Nested
    class ANewLineage {
        @Test
        void replacesEverythingOnceItIsWhole() {
            learn(100);
            harness.tail(publisher.cut(9));
            FakePublisher next = publisher.fork("b", 3);
            next.learn(1000, 5);
            List<LogRecord> records = next.cut(4);
            LogRecord last = records.remove(records.size() - 1);
            harness.tail(records);
            assertThat(harness.live()).containsExactly(9L);
            harness.tail(List.of(last));
            assertThat(harness.live()).containsExactly(9L, 4L);
            assertTrue(harness.last(), next);
        }

        @Test
        void doesNotStopTheLiveOneBeforeItIsWhole() {
            learn(100);
            harness.tail(publisher.cut(1));
            FakePublisher next = publisher.fork("b", 2);
            publisher.learn(3, 1);
            List<LogRecord> late = publisher.cut(2);
            harness.tail(next.cutShard(0, 5)).tail(late);
            assertThat(harness.live()).containsExactly(1L, 2L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void leavesTheOldOneWhoseRecordsAreDroppedAndCounted() {
            learn(100);
            harness.tail(publisher.cut(1));
            harness.tail(publisher.fork("b", 2).cut(1));
            publisher.learn(3, 1);
            List<LogRecord> late = publisher.cut(2);
            harness.tail(late);
            assertThat(harness.live()).containsExactly(1L, 1L);
            assertThat(harness.dropped()).isEqualTo(late.size());
            assertThat(harness.refusals()).isEmpty();
        }

        @Test
        void thatDoesNotBeginCompleteIsRefused() {
            learn(100);
            harness.tail(publisher.cut(1));
            FakePublisher next = publisher.fork("b", 2);
            next.cut(1);
            harness.tail(next.cut(2));
            assertThat(harness.refusals()).containsExactly(Reason.GAP);
            assertThat(harness.live()).containsExactly(1L);
        }
    }

    @Nested
    class ATombstone {
        @Test
        void takesTheRowOutWithItsVersion() {
            learn(100);
            harness.tail(publisher.cut(1)).tail(publisher.forget(5).cut(2));
            assertThat(harness.live()).containsExactly(1L, 2L);
            harness.wholes().forEach(whole -> assertTrue(whole, publisher));
            assertThat(harness.last().rows().contains(0, 5)).isFalse();
        }

        @Test
        void ofARowThatNobodyHasIsAsGood() {
            harness.tail(publisher.forget(5).cut(1));
            assertThat(harness.live()).containsExactly(1L);
            assertThat(harness.last().rows().rows()).isZero();
        }

        @Test
        void isCountedLikeARow() {
            learn(100);
            harness.tail(publisher.cut(1));
            List<LogRecord> second = new ArrayList<>(publisher.forget(5).cut(2));
            second.removeIf(LogRecord::isTombstone);
            harness.tail(second.subList(0, 1)); // The marker of partition 0, where row 5 belongs.
            harness.tail(second.subList(3, 4)); // That of shard 1.
            assertThat(harness.refusals()).containsExactly(Reason.ROW_COUNT);
        }
    }

    @Nested
    class ATransactionThatKafkaAborted {
        @Test
        void isMadeUpForByTheFirstVersionAfterTheRestore() {
            learn(100);
            harness.tail(publisher.cut(1));
            learn(200);
            publisher.cut(2); // Lost whole.
            publisher.restore(1, 2);
            publisher.learn(3, 1);
            harness.tail(publisher.cut(3));
            assertThat(harness.complaints()).isEmpty();
            assertThat(harness.live()).containsExactly(1L, 3L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void mayBeThatOfOneShard() {
            learn(100);
            harness.tail(publisher.cut(1));
            learn(200);
            publisher.forget(4);
            harness.tail(publisher.cutShard(0, 2));
            publisher.cutShard(1, 2); // Lost.
            harness.tail(publisher.cutTrainer(2, 2));
            publisher.restore(1, 3);
            harness.tail(publisher.cut(3));
            assertThat(harness.complaints()).isEmpty();
            assertThat(harness.live()).containsExactly(1L, 3L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void wasNotAbortedAfterAllAndItsRowsComeTwice() {
            learn(100);
            harness.tail(publisher.cut(1));
            learn(200);
            harness.tail(publisher.cut(2));
            publisher.restore(1, 2);
            publisher.learn(3, 1);
            harness.tail(publisher.cut(3));
            assertThat(harness.live()).containsExactly(1L, 2L, 3L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void isAGapWhenNothingMakesUpForIt() {
            learn(100);
            harness.tail(publisher.cut(1));
            learn(200);
            publisher.cut(2);
            harness.tail(publisher.cut(3));
            assertThat(harness.refusals()).containsExactly(Reason.GAP);
        }
    }

    @Nested
    class AnotherNumberOfShards {
        @Test
        void continuesTheLiveVersion() {
            learn(100);
            harness.tail(publisher.cut(1));
            publisher.rescale(4, 1);
            learn(200);
            harness.tail(publisher.cut(2));
            publisher.rescale(1, 2);
            publisher.learn(5, 1);
            harness.tail(publisher.cut(3));
            publisher.rescale(4, 3);
            publisher.learn(6, 1);
            harness.tail(publisher.cut(4));
            assertThat(harness.live()).containsExactly(1L, 2L, 3L, 4L);
            harness.wholes().forEach(whole -> assertTrue(whole, publisher));
        }

        @Test
        void mayBeThereBeforeTheVersionThatItContinues() {
            learn(100);
            List<LogRecord> records = publisher.cut(1);
            publisher.learn(5, 1);
            records.addAll(publisher.cut(2));
            publisher.rescale(3, 2);
            learn(300);
            records.addAll(publisher.cut(3));
            harness.tail(of(records, Topic.VERSIONS))
                    .tail(of(records, Topic.ROWS))
                    .tail(of(records, Topic.DENSE));
            assertThat(harness.live().get(harness.live().size() - 1)).isEqualTo(3L);
            harness.wholes().forEach(whole -> assertTrue(whole, publisher));
        }

        @Test
        void thatLeavesOutAVersionIsRefused() {
            learn(100);
            harness.tail(publisher.cut(1));
            publisher.cut(2);
            publisher.rescale(3, 2);
            List<LogRecord> third = new ArrayList<>(publisher.cut(3));
            LogRecord record = third.remove(third.size() - 1);
            harness.tail(third)
                    .tail(List.of(edited(
                            record,
                            value -> VersionRecord.parseFrom(value).toBuilder()
                                    .setPreviousCheckpointId(1)
                                    .build()
                                    .toByteArray())));
            assertThat(harness.refusals()).containsExactly(Reason.GAP);
            assertThat(harness.live()).containsExactly(1L);
        }
    }

    @Nested
    class IsRefused {
        private List<LogRecord> second;

        private void publishTwo() {
            learn(100);
            harness.tail(publisher.cut(1));
            learn(200);
            second = new ArrayList<>(publisher.cut(2));
        }

        private void refuses(Reason reason) {
            harness.tail(upToRefusal());
            assertThat(harness.refusals()).containsExactly(reason);
            assertThat(harness.live()).containsExactly(1L);
        }

        private List<LogRecord> upToRefusal() {
            List<LogRecord> taken = new ArrayList<>();
            StagerHarness probe = StagerHarness.onEmptyTopics();
            FakePublisher same = new FakePublisher(MODEL, "a", 2, 3);
            for (long id = 0; id < 40; id++) {
                same.learn(id, 100 + id);
            }
            probe.tail(same.cut(1));
            for (LogRecord record : second) {
                taken.add(record);
                probe.take(record, true);
                if (!probe.refusals().isEmpty()) {
                    break;
                }
            }
            return taken;
        }

        @Test
        void aMissingRow() {
            publishTwo();
            second.remove(first(LogRecord::isRow));
            refuses(Reason.ROW_COUNT);
        }

        @Test
        void aRowTwice() {
            publishTwo();
            int row = first(LogRecord::isRow);
            second.add(row, second.get(row));
            refuses(Reason.ROW_COUNT);
        }

        @Test
        void aRowWithOtherWeights() {
            publishTwo();
            edit(first(LogRecord::isRow), value -> {
                RowRecord.Builder row = RowRecord.parseFrom(value).toBuilder();
                byte[] weights = row.getRow().getWeights().toByteArray();
                weights[2] ^= 1;
                row.getRowBuilder().setWeights(ByteString.copyFrom(weights));
                return row.build().toByteArray();
            });
            refuses(Reason.CHECKSUM);
        }

        @Test
        void aMissingMarkerBeforeTheNextVersion() {
            publishTwo();
            second.remove(first(record -> record.topic() == Topic.ROWS && !record.isRow()));
            learn(300);
            second.addAll(publisher.cut(3));
            refuses(Reason.MISSING_MARKER);
        }

        @Test
        void aMissingTransactionOfAShard() {
            publishTwo();
            second.removeAll(shardRecords(second, 1));
            learn(300);
            second.addAll(publisher.cut(3));
            refuses(Reason.GAP);
        }

        @Test
        void aMissingVersionRecord() {
            publishTwo();
            second.remove(second.size() - 1);
            second.addAll(publisher.cut(3));
            refuses(Reason.GAP);
        }

        @Test
        void aMarkerTwice() {
            publishTwo();
            int marker = first(record -> record.topic() == Topic.ROWS && !record.isRow());
            second.add(marker, second.get(marker));
            refuses(Reason.DUPLICATE);
        }

        @Test
        void aVersionRecordTwice() {
            publishTwo();
            LogRecord again = second.get(second.size() - 1);
            harness.tail(second).tail(List.of(again));
            assertThat(harness.refusals()).containsExactly(Reason.DUPLICATE);
            assertThat(harness.live()).containsExactly(1L, 2L);
        }

        @Test
        void aRowAfterItsMarker() {
            publishTwo();
            LogRecord row = second.get(first(LogRecord::isRow));
            harness.tail(second).tail(List.of(row));
            assertThat(harness.refusals()).containsExactly(Reason.STRAY_ROW);
        }

        @Test
        void aDenseChunkWithOtherWeights() {
            publishTwo();
            editChunk(chunk -> chunk.setWeights(ByteString.copyFrom(new byte[4])));
            refuses(Reason.CHECKSUM);
        }

        @Test
        void aDenseVectorOfAnotherLength() {
            publishTwo();
            editChunk(chunk -> chunk.setWeights(ByteString.EMPTY).setChecksum(0));
            refuses(Reason.CHECKSUM);
        }

        @Test
        void aDenseChunkTwice() {
            publishTwo();
            int chunk = first(record -> record.topic() == Topic.DENSE);
            second.add(chunk, second.get(chunk));
            refuses(Reason.DUPLICATE);
        }

        @Test
        void aRecordAndMarkersThatSayAnotherNumberOfShards() {
            publishTwo();
            edit(
                    second.size() - 1,
                    value -> VersionRecord.parseFrom(value).toBuilder()
                            .setShards(1)
                            .build()
                            .toByteArray());
            refuses(Reason.INCONSISTENT);
        }

        @Test
        void everythingAfterARefusal() {
            publishTwo();
            second.remove(first(LogRecord::isRow));
            List<LogRecord> taken = upToRefusal();
            harness.tail(taken);
            assertThatThrownBy(() -> harness.tail(publisher.cut(3))).isInstanceOf(IllegalStateException.class);
        }

        private int first(Predicate<LogRecord> wanted) {
            return VersionStagerTest.first(second, wanted);
        }

        private void edit(int at, Edit edit) {
            second.set(at, edited(second.get(at), edit));
        }

        private void editChunk(UnaryOperator<DenseChunk.Builder> edit) {
            edit(
                    first(record -> record.topic() == Topic.DENSE),
                    value -> edit.apply(DenseChunk.parseFrom(value).toBuilder())
                            .build()
                            .toByteArray());
        }
    }

    @Nested
    class ALineageOfAnotherModel {
        @Test
        void isSetAsideAndTheLiveOneGoesOn() {
            learn(100);
            harness.tail(publisher.cut(1));
            FakePublisher.Model other = new FakePublisher.Model("other", "item", 2, 3);
            FakePublisher foreign = new FakePublisher(other, "b", 2, 3);
            foreign.learn(1, 1);
            harness.tail(foreign.cut(1)).tail(foreign.cut(2));
            assertThat(harness.refusals()).containsExactly(Reason.FINGERPRINT);
            publisher.learn(4, 4);
            harness.tail(publisher.cut(2));
            assertThat(harness.live()).containsExactly(1L, 2L);
            assertTrue(harness.last(), publisher);
        }

        @Test
        void isToldByTheWidthOfItsRows() {
            FakePublisher.Model wider = new FakePublisher.Model("other", "item", 5, 3);
            FakePublisher foreign = new FakePublisher(wider, "b", 2, 3);
            foreign.learn(1, 1);
            harness.tail(foreign.cut(1));
            assertThat(harness.refusals()).containsExactly(Reason.SHAPE);
            assertThat(harness.live()).isEmpty();
        }
    }

    private interface Edit {
        byte[] of(byte[] value) throws InvalidProtocolBufferException;
    }

    private static LogRecord edited(LogRecord record, Edit edit) {
        try {
            return record.withValue(edit.of(record.value()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static int first(List<LogRecord> records, Predicate<LogRecord> wanted) {
        for (int i = 0; i < records.size(); i++) {
            if (wanted.test(records.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no such record");
    }

    static List<LogRecord> of(List<LogRecord> records, Topic topic) {
        return records.stream().filter(record -> record.topic() == topic).toList();
    }

    private static List<LogRecord> shardRecords(List<LogRecord> records, int shard) {
        return records.stream()
                .filter(record -> record.topic() == Topic.ROWS && shardOf(record) == shard)
                .toList();
    }

    private static int shardOf(LogRecord record) {
        try {
            RowRecord value = RowRecord.parseFrom(record.value());
            return value.hasRow()
                    ? value.getRow().getShard()
                    : value.getMarker().getShard();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
