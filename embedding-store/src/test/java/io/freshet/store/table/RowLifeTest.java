package io.freshet.store.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.AdmissionConfig;
import io.freshet.contracts.pipeline.AdmissionConfig.Before;
import io.freshet.contracts.pipeline.AdmissionConfig.Counting;
import io.freshet.contracts.pipeline.ExpiryConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.TreeMapRows;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RowLifeTest {
    private static final int KEY_GROUPS = 4;
    private static final long DAY = 86_400_000;
    private static final AdmissionConfig EXACT =
            new AdmissionConfig(Counting.EXACT, 1 << 20, Duration.ZERO, Before.INITIAL);

    private final TreeMapRows durable = new TreeMapRows(new KeyGroupSpan(0, KEY_GROUPS - 1));
    private final List<Long> gone = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();

    private static TableSpec spec(TableConfig config) {
        return new TableSpec(config, 0, false, 7);
    }

    private RowTables tables(TableSpec spec) {
        return new RowTables(List.of(spec), durable, KEY_GROUPS, 100);
    }

    private static void step(RowTables tables, long time, long... ids) {
        float[] gradients = new float[2 * ids.length];
        java.util.Arrays.fill(gradients, 1);
        tables.apply(0, ids, 0, ids.length, gradients, 0, time);
    }

    private static float[] read(RowTables tables, long id) {
        FloatBuffer out = FloatBuffer.allocate(2);
        tables.gather(0, new long[] {id}, 0, 1, out);
        return out.array();
    }

    private void drain(RowTables tables) {
        gone.clear();
        sent.clear();
        tables.drainChanged(1, new ChangedRowConsumer() {
            @Override
            public void row(int keyGroup, int table, long id, float[] weights) {
                sent.add(id);
            }

            @Override
            public void gone(int keyGroup, int table, long id) {
                gone.add(id);
            }
        });
    }

    private static void sweepAll(RowTables tables) {
        for (int i = 0; i < 100; i++) {
            tables.sweep(7);
        }
    }

    @Nested
    class Admission {
        private final TableSpec spec = spec(TableConfig.of("item", 2).withAdmission(3, EXACT));
        private final RowTables tables = tables(spec);
        private final float[] initial = new float[2];

        @Test
        void aRowIsTrainedFromItsThirdTouchOn() {
            new RowInitializer(spec).fill(5, initial, 0);
            step(tables, 1, 5);
            step(tables, 2, 5);
            assertThat(read(tables, 5)).containsExactly(initial);
            assertThat(tables.peek(0, 5)).isEmpty();
            drain(tables);
            assertThat(sent).isEmpty();
            step(tables, 3, 5);
            assertThat(tables.peek(0, 5).orElseThrow().touches()).isEqualTo(1);
            assertThat(tables.peek(0, 5).orElseThrow().lastUpdateMs()).isEqualTo(3);
            assertThat(tables.lifeCounts().notAdmitted()).isEqualTo(2);
            drain(tables);
            assertThat(sent).containsExactly(5L);
        }

        @Test
        void touchesOfOneBatchCountEach() {
            step(tables, 1, 5, 6, 5, 5, 5);
            assertThat(tables.peek(0, 5).orElseThrow().touches()).isEqualTo(2);
            assertThat(tables.peek(0, 6)).isEmpty();
        }

        @Test
        void touchesCountOnAfterARestore() {
            step(tables, 1, 5, 5);
            tables.flush();
            RowTables restored = tables(spec);
            step(restored, 2, 5);
            assertThat(restored.peek(0, 5)).isPresent();
        }

        @Test
        void aSketchAdmitsTooAndSaysHowFarItMayBeWrong() {
            AdmissionConfig sketch = new AdmissionConfig(Counting.SKETCH, 1 << 16, Duration.ZERO, Before.INITIAL);
            RowTables sketched = tables(spec(TableConfig.of("item", 2).withAdmission(2, sketch)));
            step(sketched, 1, 5);
            sketched.flush();
            RowTables restored = tables(spec(TableConfig.of("item", 2).withAdmission(2, sketch)));
            step(restored, 1, 5);
            assertThat(restored.peek(0, 5)).isPresent();
            assertThat(restored.lifeCounts().admissionErrorBound()).isPositive().isLessThan(1);
        }

        @Test
        void rowsThatAreNotKeptMayReadAsZeros() {
            AdmissionConfig zeros = new AdmissionConfig(Counting.EXACT, 1 << 20, Duration.ZERO, Before.ZEROS);
            RowTables quiet = tables(spec(TableConfig.of("item", 2).withAdmission(2, zeros)));
            assertThat(read(quiet, 5)).containsOnly(0);
            step(quiet, 1, 5, 5);
            new RowInitializer(spec).fill(5, initial, 0);
            // Adagrad's first step of gradient 1: 0.1 / sqrt(0.01 + 1).
            assertThat(read(quiet, 5)[0]).isEqualTo(initial[0] - 0.1f / ((float) Math.sqrt(1.01f) + 1e-10f));
        }
    }

    @Nested
    class Expiry {
        private final TableSpec spec =
                spec(TableConfig.of("item", 2).withExpiry(Duration.ofDays(10), ExpiryConfig.DEFAULTS));
        private final RowTables tables = tables(spec);
        private final float[] initial = new float[2];

        @Test
        void aRowIsGoneForReadersAsSoonAsItIsOldEnough() {
            new RowInitializer(spec).fill(5, initial, 0);
            step(tables, DAY, 5);
            step(tables, 10 * DAY, 6);
            assertThat(read(tables, 5)).isNotEqualTo(initial);
            step(tables, 12 * DAY, 6);
            assertThat(read(tables, 5)).containsExactly(initial);
            assertThat(tables.peek(0, 5)).isEmpty();
            assertThat(tables.peek(0, 6)).isPresent();
        }

        @Test
        void aRowThatComesBackStartsAfresh() {
            step(tables, DAY, 5);
            step(tables, DAY, 5);
            step(tables, 20 * DAY, 6);
            step(tables, 21 * DAY, 5);
            assertThat(tables.peek(0, 5).orElseThrow().touches()).isEqualTo(1);
            StoredRow fresh = tables.peek(0, 5).orElseThrow();
            assertThat(fresh.optimizerState()).containsOnly(1.01f);
        }

        @Test
        void theSweepRemovesItFromBothTiersAndTellsTheServersOnce() {
            step(tables, DAY, LongStream.range(0, 50).toArray());
            tables.flush();
            RowTables restored = new RowTables(List.of(spec), durable, KEY_GROUPS, 10);
            step(restored, 5 * DAY, LongStream.range(0, 20).toArray());
            step(restored, 12 * DAY, 1_000);
            drain(restored);
            assertThat(sent).hasSize(21);
            assertThat(gone).isEmpty();
            sweepAll(restored);
            assertThat(durable.size()).isLessThanOrEqualTo(21);
            drain(restored);
            assertThat(gone)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(20, 50).boxed().toList());
            drain(restored);
            assertThat(gone).isEmpty();
            assertThat(restored.lifeCounts().unswept()).isZero();
            assertThat(restored.lifeCounts().expired()).isEqualTo(30);
            assertThat(restored.lifeCounts().rows()).isEqualTo(21);
        }

        @Test
        void aTombstoneThatMayNotHaveArrivedIsSentAgain() {
            step(tables, DAY, 5);
            step(tables, 20 * DAY, 6);
            sweepAll(tables);
            drain(tables);
            tables.flush();
            RowTables restored = tables(spec);
            drain(restored);
            assertThat(gone).containsExactly(5L);
            assertThat(sent).containsExactly(6L);
        }

        @Test
        void aGradientOlderThanTheLimitDoesNotBringARowBack() {
            step(tables, 20 * DAY, 6);
            step(tables, DAY, 5);
            assertThat(tables.peek(0, 5)).isEmpty();
        }

        @Test
        void aDryRunOnlyReports() {
            TableConfig dry = TableConfig.of("item", 2).withExpiry(Duration.ofDays(10), new ExpiryConfig(0, 0, true));
            RowTables careful = tables(spec(dry));
            step(careful, DAY, 5);
            step(careful, 20 * DAY, 6);
            sweepAll(careful);
            assertThat(careful.lifeCounts().wouldExpire()).isEqualTo(1);
            assertThat(careful.lifeCounts().expired()).isZero();
            assertThat(careful.peek(0, 5)).isPresent();
        }

        @Test
        void whatIsGoneStaysGoneWhenRowsDoNotExpireAnyMore() {
            step(tables, DAY, 5);
            step(tables, 5 * DAY, 7);
            step(tables, 12 * DAY, 6);
            drain(tables);
            tables.flush();
            TableSpec without = spec(TableConfig.of("item", 2));
            RowTables after = tables(without);
            after.committed(1);
            assertThat(after.peek(0, 5)).isEmpty();
            new RowInitializer(without).fill(5, initial, 0);
            assertThat(read(after, 5)).containsExactly(initial);
            step(after, 12 * DAY, 5, 6);
            assertThat(after.peek(0, 5).orElseThrow().touches()).isEqualTo(1);
            assertThat(after.peek(0, 6).orElseThrow().touches()).isEqualTo(2);
            step(after, 40 * DAY, 8);
            assertThat(after.peek(0, 7)).as("a row that had not gone by then").isPresent();
            assertThat(after.lifeCounts().rows()).isZero();
        }

        @Test
        void whatIsGoneIsSweptAndToldWhenRowsDoNotExpireAnyMore() {
            step(tables, DAY, 5, 6, 7);
            step(tables, 12 * DAY, 6);
            drain(tables);
            tables.flush();
            RowTables after = tables(spec(TableConfig.of("item", 2)));
            after.committed(1);
            sweepAll(after);
            drain(after);
            assertThat(gone).containsExactlyInAnyOrder(5L, 7L);
            assertThat(durable.size()).isEqualTo(1);
            after.flush();
            RowTables again = tables(spec);
            assertThat(again.lifeCounts().rows()).isEqualTo(1);
            step(again, DAY, 9);
            assertThat(again.peek(0, 9)).as("as old as what is gone").isEmpty();
        }

        @Test
        void aCapHoldsForAllKeyGroupsTogether() {
            TableConfig capped = TableConfig.of("item", 2).withExpiry(Duration.ZERO, new ExpiryConfig(0, 10, false));
            RowTables few = tables(spec(capped));
            for (long id = 0; id < 37; id++) {
                step(few, 1_000 + id, id);
            }
            step(few, 2_000, 36);
            assertThat(few.lifeCounts().rows()).isEqualTo(10);
            for (long id = 0; id < 37; id++) {
                assertThat(few.peek(0, id).isPresent()).as("row %d", id).isEqualTo(id >= 27);
            }
        }

        @Test
        void aFloorHoldsForAllKeyGroupsTogether() {
            TableConfig kept = TableConfig.of("item", 2).withExpiry(Duration.ofDays(1), new ExpiryConfig(10, 0, false));
            RowTables few = tables(spec(kept));
            for (long id = 0; id < 37; id++) {
                step(few, DAY + 1_000_000 * id, id);
            }
            step(few, 50 * DAY, 100);
            step(few, 50 * DAY, 100);
            assertThat(few.lifeCounts().rows()).isEqualTo(10);
            assertThat(few.peek(0, 36)).isPresent();
        }

        @Test
        void aTableWhoseRowsBeginToExpireKnowsTheAgesOfTheRowsThatItHas() {
            RowTables before = tables(spec(TableConfig.of("item", 2)));
            step(before, DAY, 1, 2, 3);
            step(before, 15 * DAY, 4);
            before.flush();
            RowTables after = tables(spec);
            assertThat(after.lifeCounts().rows()).isEqualTo(4);
            step(after, 15 * DAY, 4);
            step(after, 16 * DAY, 1);
            assertThat(after.peek(0, 2)).isEmpty();
            assertThat(after.peek(0, 1).orElseThrow().touches()).isEqualTo(1);
            assertThat(after.peek(0, 4).orElseThrow().touches()).isEqualTo(2);
        }
    }
}
