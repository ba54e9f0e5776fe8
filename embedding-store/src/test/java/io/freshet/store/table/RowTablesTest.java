package io.freshet.store.table;

import static io.freshet.store.table.TestTables.ITEM;
import static io.freshet.store.table.TestTables.MAX_PARALLELISM;
import static io.freshet.store.table.TestTables.TABLES;
import static io.freshet.store.table.TestTables.USER;
import static io.freshet.store.table.TestTables.gather;
import static io.freshet.store.table.TestTables.initial;
import static io.freshet.store.table.TestTables.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowWalk;
import io.freshet.store.durable.TreeMapRows;
import io.freshet.store.optimizer.RowOptimizer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RowTablesTest {
    private final TreeMapRows durable = new TreeMapRows();
    private RowTables tables = new RowTables(TABLES, durable, MAX_PARALLELISM, 100);

    @Nested
    class Gather {
        @Test
        void aRowThatExistsNowhereComesWithInitialValuesAndStaysUnstored() {
            assertThat(gather(tables, 0, 42)).containsExactly(initial(USER, 42));
            tables.flush();
            assertThat(durable.size()).isZero();
            assertThat(tables.counts().hotRows()).isZero();
            assertThat(changed()).isEmpty();
        }

        @Test
        void rowsAreWrittenFromThePositionOfTheBufferOnAndMoveIt() {
            FloatBuffer out = FloatBuffer.allocate(10).position(3);
            tables.gather(0, new long[] {1, 2, 3}, 1, 2, out);
            assertThat(out.position()).isEqualTo(9);
            assertThat(out.get(3)).isEqualTo(initial(USER, 2)[0]);
            assertThat(out.get(6)).isEqualTo(initial(USER, 3)[0]);
            assertThat(out.get(9)).isZero();
        }

        @Test
        void aDurableRowBecomesHotAndTheNextReadIsAHit() {
            step(tables, 0, 42, 1f);
            tables.flush();
            RowTables restored = new RowTables(TABLES, durable, MAX_PARALLELISM, 100);

            assertThat(gather(restored, 0, 42)).containsExactly(gather(tables, 0, 42));
            assertThat(restored.counts().hits()).isZero();
            assertThat(gather(restored, 0, 42)).containsExactly(gather(tables, 0, 42));
            assertThat(restored.counts().hits()).isEqualTo(1);
            assertThat(restored.counts().hitRate()).isEqualTo(0.5);
        }

        @Test
        void anotherThreadReadsHotRowsAndIsToldWhichAreNot() throws Exception {
            step(tables, 0, 1, 1f);
            step(tables, 0, 3, 1f);
            FloatBuffer out = FloatBuffer.allocate(10).position(1);
            int[] missing = new int[3];
            FutureTask<Integer> elsewhere =
                    new FutureTask<>(() -> tables.gatherHot(0, new long[] {1, 2, 3}, 3, out, missing));
            Thread reader = new Thread(elsewhere);
            reader.start();
            assertThat(elsewhere.get()).isEqualTo(1);
            assertThat(missing[0]).isEqualTo(1);
            assertThat(out.position()).isEqualTo(1);
            assertThat(out.slice(1, 3)).isEqualTo(FloatBuffer.wrap(gather(tables, 0, 1)));
            assertThat(out.slice(7, 3)).isEqualTo(FloatBuffer.wrap(gather(tables, 0, 3)));
            assertThat(tables.counts().hits()).isEqualTo(4);
            assertThat(tables.counts().reads()).isEqualTo(4);
        }

        @Test
        void aBufferWithTooLittleRoomIsRefused() {
            assertThatThrownBy(() -> tables.gather(0, new long[2], 0, 2, FloatBuffer.allocate(5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'user'", "2 rows of 3 floats", "5 floats");
        }
    }

    @Nested
    class Apply {
        @Test
        void aStepStartsFromTheInitialValuesAndStampsTheRow() {
            tables.apply(0, new long[] {9, 42}, 1, 1, new float[] {9f, 1f, 2f, 3f}, 1, 1_234);

            float[] expected = initial(USER, 42);
            float[] accumulators = new float[3];
            for (int i = 0; i < 3; i++) {
                float g = i + 1;
                accumulators[i] = 0.01f + g * g;
                expected[i] -= 0.1f * g / ((float) Math.sqrt(accumulators[i]) + 1e-10f);
            }
            assertThat(tables.peek(0, 42)).contains(new StoredRow(1_234, 1, expected, accumulators));
            assertThat(tables.peek(0, 9)).isEmpty();
        }

        @Test
        void anIdThatIsTwiceInABatchTakesTwoStepsInOrder() {
            RowTables oneByOne = new RowTables(TABLES, new TreeMapRows(), MAX_PARALLELISM, 100);
            tables.apply(0, new long[] {5, 5}, 0, 2, new float[] {1, 1, 1, -3, -3, -3}, 0, 1_000);
            step(oneByOne, 0, 5, 1f);
            step(oneByOne, 0, 5, -3f);
            assertThat(tables.peek(0, 5))
                    .isEqualTo(oneByOne.peek(0, 5))
                    .get()
                    .extracting(StoredRow::touches)
                    .isEqualTo(2L);
        }

        @Test
        void theNewestEventTimeStays() {
            tables.apply(0, new long[] {5}, 0, 1, new float[3], 0, 2_000);
            tables.apply(0, new long[] {5}, 0, 1, new float[3], 0, 1_000);
            assertThat(tables.peek(0, 5).orElseThrow().lastUpdateMs()).isEqualTo(2_000);
        }

        @Test
        void touchesStayAtTheirLargestCount() {
            StoredRow nearlyFull = new StoredRow(0, 0xfffffffeL, new float[3], new float[] {1f, 1f, 1f});
            durable.write(0, 5, new RowCodec(USER).encode(nearlyFull));
            step(tables, 0, 5, 0f);
            step(tables, 0, 5, 0f);
            assertThat(tables.peek(0, 5).orElseThrow().touches()).isEqualTo(0xffffffffL);
        }

        @Test
        void tooFewGradientsAreRefused() {
            assertThatThrownBy(() -> tables.apply(0, new long[2], 0, 2, new float[6], 1, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'user'", "rows of 3 floats", "are 6 floats, but 5");
        }
    }

    @Nested
    class WriteBehind {
        @Test
        void flushLeavesNothingDirtyAndWritesInOrder() {
            List<String> written = new ArrayList<>();
            RowTables recorded = new RowTables(TABLES, new RecordingRows(written), MAX_PARALLELISM, 1_000);
            LongStream.range(-50, 50).forEach(id -> step(recorded, 1, id, 1f));
            LongStream.range(-50, 50).forEach(id -> step(recorded, 0, id, 1f));

            recorded.flush();

            assertThat(recorded.counts().dirtyRows()).isZero();
            assertThat(written).hasSize(200).isEqualTo(inOrder(-50, 50));
            recorded.flush();
            assertThat(written).hasSize(200);
        }

        @Test
        void writeBehindWritesAtMostSoManyRowsAndGoesOnWhereItStopped() {
            LongStream.range(0, 10).forEach(id -> step(tables, 0, id, 1f));
            LongStream.range(0, 10).forEach(id -> step(tables, 1, id, 1f));
            tables.writeBehind(15);
            assertThat(durable.size()).isEqualTo(15);
            assertThat(tables.counts().dirtyRows()).isEqualTo(5);
            tables.writeBehind(15);
            assertThat(durable.size()).isEqualTo(20);
            assertThat(tables.counts().dirtyRows()).isZero();
        }

        @Test
        void aDirtyRowIsWrittenBeforeItHasToLeave() {
            RowTables tiny = new RowTables(TABLES, durable, MAX_PARALLELISM, 2);
            LongStream.range(0, 20).forEach(id -> step(tiny, 0, id, 1f));
            assertThat(tiny.counts().hotRows()).isEqualTo(2);
            assertThat(tiny.counts().evictions()).isEqualTo(18);
            assertThat(durable.size()).isEqualTo(18);
            LongStream.range(0, 20)
                    .forEach(id ->
                            assertThat(tiny.peek(0, id).orElseThrow().touches()).isEqualTo(1));
        }

        @Test
        void aRowThatIsUpdatedAgainAndAgainStaysHotWhileOthersComeAndGo() {
            RowTables tiny = new RowTables(TABLES, durable, MAX_PARALLELISM, 4);
            for (long id = 1; id < 100; id++) {
                step(tiny, 0, 0, 1f);
                step(tiny, 0, id, 1f);
            }
            // 100 rows came and 4 are here: row 0 never left.
            assertThat(tiny.counts().evictions()).isEqualTo(96);
        }

        @Test
        void aRowThatIsReadAgainAndAgainStaysHotWhileOthersComeAndGo() {
            RowTables tiny = new RowTables(TABLES, durable, MAX_PARALLELISM, 4);
            step(tiny, 0, 0, 1f);
            for (long id = 1; id < 100; id++) {
                gather(tiny, 0, 0);
                step(tiny, 0, id, 1f);
            }
            assertThat(tiny.counts().evictions()).isEqualTo(96);
            assertThat(tiny.counts().hits()).isEqualTo(99);
        }
    }

    @Nested
    class DrainChanged {
        @Test
        void everyChangedRowComesOnceInOrderWithItsWeights() {
            LongStream.range(-20, 20).forEach(id -> step(tables, 1, id, 1f));
            LongStream.range(-20, 20).forEach(id -> step(tables, 0, id, 1f));
            step(tables, 0, 3, 1f);
            assertThat(changed()).isEqualTo(inOrder(-20, 20));
            assertThat(changed()).isEmpty();
            step(tables, 0, 3, 1f);
            tables.drainChanged(1, (keyGroup, table, id, weights) -> {
                assertThat(id).isEqualTo(3);
                assertThat(keyGroup).isEqualTo(USER.keyGroup(3, MAX_PARALLELISM));
                assertThat(weights)
                        .containsExactly(tables.peek(0, 3).orElseThrow().weights());
            });
        }

        @Test
        void readingAndWritingBehindNeitherMakeARowChangedNorUnchanged() {
            step(tables, 0, 3, 1f);
            tables.flush();
            assertThat(changed()).hasSize(1);
            gather(tables, 0, 3);
            tables.flush();
            assertThat(changed()).isEmpty();
        }

        @Test
        void aChangedRowThatHadToLeaveIsStillDrainedEvenWhenItCameBack() {
            RowTables tiny = new RowTables(TABLES, durable, MAX_PARALLELISM, 3);
            LongStream.range(0, 20).forEach(id -> step(tiny, 0, id, 1f));
            step(tiny, 0, 0, 5f);
            List<Long> drained = new ArrayList<>();
            tiny.drainChanged(1, (keyGroup, table, id, weights) -> {
                assertThat(weights)
                        .containsExactly(tiny.peek(0, id).orElseThrow().weights());
                drained.add(id);
            });
            assertThat(drained)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, 20).boxed().toList());
        }

        @Test
        void rowsStayChangedWhenTheConsumerFails() {
            step(tables, 0, 3, 1f);
            assertThatThrownBy(() -> tables.drainChanged(1, (keyGroup, table, id, weights) -> {
                        throw new IllegalArgumentException("full");
                    }))
                    .hasMessage("full");
            assertThat(changed()).hasSize(1);
        }

        @Test
        void aNewLineageDrainsEveryRowOfBothTiers() {
            LongStream.range(0, 50).forEach(id -> step(tables, 0, id, 1f));
            LongStream.range(0, 50).forEach(id -> step(tables, 1, id, 1f));
            tables.flush();
            RowTables restored = new RowTables(TABLES, durable, MAX_PARALLELISM, 100);
            gather(restored, 0, 1, 2, 3);
            LongStream.range(50, 60).forEach(id -> step(restored, 0, id, 1f));
            LongStream.range(50, 60).forEach(id -> step(restored, 1, id, 1f));
            restored.drainChanged(1, (keyGroup, table, id, weights) -> {});

            restored.markAllChanged();

            List<String> drained = new ArrayList<>();
            restored.drainChanged(1, (keyGroup, table, id, weights) -> drained.add(name(keyGroup, table, id)));
            assertThat(drained).isEqualTo(inOrder(0, 60));
        }

        @Test
        void whatMayNotHaveArrivedIsChangedAgainAfterARestore() {
            step(tables, 0, 1, 1f);
            tables.drainChanged(1, ignored);
            step(tables, 0, 2, 1f);
            step(tables, 1, 2, 1f);
            tables.drainChanged(2, ignored);
            step(tables, 1, 3, 1f);
            tables.drainChanged(3, ignored);
            tables.committed(1);
            tables.flush();
            tables.committed(3); // Too late for the state.

            tables = new RowTables(TABLES, durable, MAX_PARALLELISM, 100);
            step(tables, 0, 4, 1f);
            assertThat(changed())
                    .containsExactlyInAnyOrder(
                            name(USER.keyGroup(2, MAX_PARALLELISM), 0, 2),
                            name(ITEM.keyGroup(2, MAX_PARALLELISM), 1, 2),
                            name(ITEM.keyGroup(3, MAX_PARALLELISM), 1, 3),
                            name(USER.keyGroup(4, MAX_PARALLELISM), 0, 4));
        }

        @Test
        void whatHasArrivedIsNotInTheStateAnyMore() {
            LongStream.range(0, 50).forEach(id -> step(tables, 0, id, 1f));
            tables.drainChanged(7, ignored);
            tables.flush();
            tables.committed(7);
            tables.flush();
            for (int group = 0; group < MAX_PARALLELISM; group++) {
                assertThat(durable.metadata(group, UncommittedChanges.NAME)).isNull();
            }
        }

        @Test
        void rowsOfATableThatThePipelineHasNoMoreAreForgotten() {
            step(tables, 0, 1, 1f);
            step(tables, 1, 2, 1f);
            tables.drainChanged(1, ignored);
            tables.flush();
            RowTables fewer = new RowTables(List.of(USER), durable, MAX_PARALLELISM, 100);
            List<Long> drained = new ArrayList<>();
            fewer.drainChanged(2, (keyGroup, table, id, weights) -> drained.add(id));
            assertThat(drained).containsExactly(1L);
        }

        @Test
        void anUnknownFormatIsRefused() {
            durable.putMetadata(3, UncommittedChanges.NAME, new byte[] {9});
            assertThatThrownBy(() -> new RowTables(TABLES, durable, MAX_PARALLELISM, 100))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("Key group 3", "format 9");
        }

        private final ChangedRowConsumer ignored = (keyGroup, table, id, weights) -> {};

        @Test
        void aChangedRowThatTheDurableTierLostIsAnError() {
            RecordingRows forgetful = new RecordingRows(new ArrayList<>());
            RowTables tiny = new RowTables(TABLES, forgetful, MAX_PARALLELISM, 1);
            step(tiny, 0, 1, 1f);
            step(tiny, 0, 2, 1f);
            assertThatThrownBy(() -> tiny.drainChanged(1, (keyGroup, table, id, weights) -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("'user'", "id 1", "lost");
        }
    }

    @Test
    void tablesOutOfOrderAreRefused() {
        assertThatThrownBy(() -> new RowTables(List.of(ITEM, USER), durable, MAX_PARALLELISM, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'item'", "index 1", "number 0");
    }

    @Test
    void theHotRowsOfATableStayWithinItsMemory() {
        long memory = 4L << 20;
        TableSpec wide = new TableSpec(TableConfig.of("wide", 64).withMemory(memory), 0, false, 7);
        RowTables bounded = new RowTables(List.of(wide), durable, MAX_PARALLELISM);
        float[] gradients = new float[1_000 * 64];
        for (int batch = 0; batch < 20; batch++) {
            long[] ids =
                    LongStream.range(1_000L * batch, 1_000L * batch + 1_000).toArray();
            bounded.apply(0, ids, 0, ids.length, gradients, 0, 1);
        }
        assertThat(bounded.counts().evictions()).isPositive();
        assertThat(bounded.counts().hotBytes()).isBetween(memory / 2, memory);
    }

    @Test
    void memoryOutsideTheHeapIsCounted() {
        // An index of 168 places of 8 bytes and one behind them, and a queue of 10 slots of 4 bytes per table, for at
        // most 100 rows.
        long indexes = 2 * (169 * 8 + 10 * 4);
        assertThat(tables.counts().hotBytes()).isEqualTo(indexes);
        step(tables, 0, 1, 1f);
        // Slabs hold a power of two of rows: 64 of the at most 100, each of 24 + 4 * (3 + 3) bytes.
        assertThat(tables.counts().hotBytes()).isEqualTo(indexes + 64 * 48);
    }

    @Test
    void aGradientThatIsNotFiniteLeavesItsRowAloneAndIsCounted() {
        step(tables, 0, 5, 1f);
        StoredRow before = tables.peek(0, 5).orElseThrow();
        float nan = Float.NaN;
        tables.apply(0, new long[] {5, 6, 7}, 0, 3, new float[] {0, nan, 0, 1, 1, 1 / 0f, 1, 1, 1}, 0, 2_000);
        assertThat(tables.peek(0, 5)).contains(before);
        assertThat(tables.peek(0, 6)).isEmpty();
        assertThat(tables.peek(0, 7)).isPresent();
        assertThat(tables.counts().skippedSteps()).isEqualTo(2);
    }

    @Test
    void aGradientWhoseSquareNoAccumulatorCanHoldCountsAsNotFinite() {
        float limit = RowOptimizer.GRADIENT_LIMIT;
        tables.apply(0, new long[] {5}, 0, 1, new float[] {0, -limit, 0}, 0, 2_000);
        assertThat(tables.peek(0, 5)).isEmpty();
        float largest = Math.nextDown(limit);
        tables.apply(0, new long[] {6}, 0, 1, new float[] {largest, -largest, largest}, 0, 2_000);
        assertThat(tables.peek(0, 6)).isPresent();
        assertThat(tables.counts().skippedSteps()).isEqualTo(1);
    }

    private List<String> changed() {
        List<String> drained = new ArrayList<>();
        tables.drainChanged(1, (keyGroup, table, id, weights) -> drained.add(name(keyGroup, table, id)));
        return drained;
    }

    /** Names of the rows with these ids of both tables, as they have to come. */
    private static List<String> inOrder(long fromId, long toId) {
        List<String> names = new ArrayList<>();
        for (TableSpec table : TABLES) {
            for (int keyGroup = 0; keyGroup < MAX_PARALLELISM; keyGroup++) {
                int group = keyGroup;
                LongStream.range(fromId, toId)
                        .filter(id -> table.keyGroup(id, MAX_PARALLELISM) == group)
                        .boxed()
                        .sorted(Long::compareUnsigned)
                        .forEach(id -> names.add(name(group, table.index(), id)));
            }
        }
        return names;
    }

    private static String name(int keyGroup, int table, long id) {
        return keyGroup + " " + table + " " + id;
    }

    /** Notes what is written, keeps nothing. */
    private record RecordingRows(List<String> written) implements DurableRows {
        @Override
        public void read(int table, long[] ids, int from, int count, FoundRow found) {}

        @Override
        public void write(int table, long[] ids, int from, int count, ByteBuffer values) {
            for (int i = from; i < from + count; i++) {
                written.add(name(TABLES.get(table).keyGroup(ids[i], MAX_PARALLELISM), table, ids[i]));
            }
        }

        @Override
        public void delete(int table, long[] ids, int from, int count) {}

        @Override
        public RowWalk walk(int table) {
            return (maxRows, visitor) -> 0;
        }

        @Override
        public KeyGroupSpan keyGroups() {
            return new KeyGroupSpan(0, MAX_PARALLELISM - 1);
        }

        @Override
        public byte[] metadata(int keyGroup, String name) {
            return null;
        }

        @Override
        public void putMetadata(int keyGroup, String name, byte[] value) {}

        @Override
        public void forEach(Visitor visitor) {
            throw new UnsupportedOperationException();
        }
    }
}
