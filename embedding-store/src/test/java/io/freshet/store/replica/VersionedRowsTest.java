package io.freshet.store.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionedRowsTest {
    private static final InitialConfig HALF = InitialConfig.uniform(0.5);
    private static final TableSpec USER =
            new TableSpec(TableConfig.of("user", 1).with(HALF), 0, true, 7);
    private static final TableSpec ITEM =
            new TableSpec(TableConfig.of("item", 2).with(HALF), 1, true, 7);

    private final VersionedRows rows = new VersionedRows(List.of(USER, ITEM));

    @Test
    void aRowThatNoVersionHasComesWithItsInitialValues() {
        FloatBuffer expected = FloatBuffer.allocate(3);
        new RowInitializer(ITEM).fill(42, expected, 0);
        assertThat(gather(rows.current(), 1, 42)).containsExactly(expected.array());
        assertThat(rows.current().contains(1, 42)).isFalse();
        assertThat(rows.current().rows()).isZero();
    }

    @Test
    void everyPrecisionIsDecoded() {
        VersionedRows.Update update = rows.begin();
        update.put(1, 0, fp32(0.1f, -2f, 3f), Precision.FP32);
        update.put(1, -1, bytes(0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00), Precision.FP16);
        // Steps of 1 from -2 on, and the bias as it is.
        update.put(1, 7, bytes(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 255, 0, 0, 0, 0, 0x3f), Precision.INT8);
        Snapshot snapshot = update.commit();
        assertThat(gather(snapshot, 1, 0, -1, 7)).containsExactly(0.1f, -2f, 3f, 1f, -2f, 0x1p-24f, 253f, -2f, 0.5f);
    }

    @Test
    void anOlderSnapshotStaysAsItIs() {
        Snapshot first = commit(rows.begin(), 5, 1f);
        Snapshot second = commit(rows.begin(), 5, 2f);
        Snapshot third = commit(rows.begin(), 6, 3f);

        assertThat(gather(first, 0, 5)).containsExactly(1f, 1f);
        assertThat(gather(second, 0, 5)).containsExactly(2f, 2f);
        assertThat(gather(third, 0, 5, 6)).containsExactly(2f, 2f, 3f, 3f);
        assertThat(first.contains(0, 6)).isFalse();
        assertThat(List.of(first.rows(0), second.rows(0), third.rows(0))).containsExactly(1, 1, 2);
    }

    @Test
    void nothingOfAnUpdateShowsBeforeItsCommit() {
        commit(rows.begin(), 5, 1f);
        VersionedRows.Update update = rows.begin();
        update.put(0, 5, fp32(2f, 2f), Precision.FP32);
        update.put(0, 6, fp32(2f, 2f), Precision.FP32);
        assertThat(gather(rows.current(), 0, 5)).containsExactly(1f, 1f);
        assertThat(rows.current().contains(0, 6)).isFalse();
    }

    @Test
    void anAbandonedUpdateLeavesNoTrace() {
        commit(rows.begin(), 5, 1f);
        VersionedRows.Update abandoned = rows.begin();
        for (int id = 100; id < 300; id++) {
            abandoned.put(0, id, fp32(9f, 9f), Precision.FP32);
        }
        VersionedRows.Update next = rows.begin();
        next.put(0, 200, fp32(2f, 2f), Precision.FP32);
        next.put(0, 1000, fp32(3f, 3f), Precision.FP32);
        Snapshot snapshot = next.commit();

        assertThat(snapshot.rows(0)).isEqualTo(3);
        assertThat(gather(snapshot, 0, 5, 200, 1000)).containsExactly(1f, 1f, 2f, 2f, 3f, 3f);
        assertThat(snapshot.contains(0, 100)).isFalse();
        assertThatThrownBy(abandoned::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another one was begun");
    }

    @Test
    void anUpdateCommitsOnceAndTakesNoRowsAfterwards() {
        VersionedRows.Update update = rows.begin();
        update.commit();
        assertThatThrownBy(update::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> update.put(0, 1, fp32(1f, 1f), Precision.FP32))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aNewLineageStartsWithoutTheRowsOfTheOldOne() {
        Snapshot old = commit(rows.begin(), 5, 1f);
        Snapshot fresh = commit(rows.beginEmpty(), 6, 2f);
        Snapshot next = commit(rows.begin(), 7, 3f);

        assertThat(gather(old, 0, 5)).containsExactly(1f, 1f);
        assertThat(fresh.contains(0, 5)).isFalse();
        assertThat(fresh.rows()).isEqualTo(1);
        assertThat(next.rows()).isEqualTo(2);
        assertThat(rows.current()).isSameAs(next);
    }

    @Test
    void aRemovedRowIsGoneFromItsVersionOnAndMayComeBack() {
        Snapshot first = commit(rows.begin(), 5, 1f);
        VersionedRows.Update update = rows.begin();
        update.remove(0, 5);
        update.remove(0, 5);
        update.remove(0, 6);
        Snapshot second = update.commit();
        Snapshot third = commit(rows.begin(), 5, 3f);

        assertThat(List.of(first.rows(0), second.rows(0), third.rows(0))).containsExactly(1, 0, 1);
        assertThat(gather(first, 0, 5)).containsExactly(1f, 1f);
        assertThat(second.contains(0, 5)).isFalse();
        assertThat(gather(third, 0, 5)).containsExactly(3f, 3f);
    }

    @Test
    void idsThatAreGoneTakeNoMemoryForEver() {
        for (int round = 0; round < 40; round++) {
            VersionedRows.Update update = rows.begin();
            for (int i = 0; i < 1000; i++) {
                update.put(0, round * 1000L + i, fp32(round, i), Precision.FP32);
                if (round > 0) {
                    update.remove(0, (round - 1) * 1000L + i);
                }
            }
            Snapshot snapshot = update.commit();
            assertThat(snapshot.rows(0)).isEqualTo(1000);
            assertThat(gather(snapshot, 0, round * 1000L + 7)).containsExactly(round, 7f);
            assertThat(snapshot.contains(0, round * 1000L - 1)).isFalse();
        }
        assertThat(rows.current().table(0).index().size()).isLessThan(5000);
    }

    @Test
    void aTableThatAnUpdateDoesNotTouchIsSharedAndSoAreItsPages() {
        VersionedRows.Update update = rows.begin();
        for (int id = 0; id < 3 * TableVersion.PAGE_ROWS; id++) {
            update.put(0, id, fp32(1f, 1f), Precision.FP32);
        }
        Snapshot first = update.commit();
        Snapshot second = commit(rows.begin(), TableVersion.PAGE_ROWS, 2f);

        assertThat(second.table(1)).isSameAs(first.table(1));
        assertThat(second.table(0).pages()[0]).isSameAs(first.table(0).pages()[0]);
        assertThat(second.table(0).pages()[1]).isNotSameAs(first.table(0).pages()[1]);
        assertThat(second.table(0).pages()[2]).isSameAs(first.table(0).pages()[2]);
    }

    @Test
    void gatherWritesFromThePositionOnAndMovesIt() {
        Snapshot snapshot = commit(rows.begin(), 5, 1f);
        FloatBuffer out = FloatBuffer.allocate(6).position(2);
        snapshot.gather(0, new long[] {9, 5, 5, 9}, 1, 2, out);
        assertThat(out.position()).isEqualTo(6);
        assertThat(out.array()).containsExactly(0f, 0f, 1f, 1f, 1f, 1f);
    }

    @Test
    void weightsOfAnotherLengthAreRefusedNamingTheRow() {
        VersionedRows.Update update = rows.begin();
        assertThatThrownBy(() -> update.put(1, 42, fp32(1f), Precision.FP32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'item'", "42", "4 bytes", "3 floats has 12");
        assertThatThrownBy(() -> update.put(1, 42, fp32(1f, 2f, 3f), Precision.FP16))
                .hasMessageContaining("3 floats has 6");
    }

    @Test
    void anUnknownPrecisionIsRefused() {
        VersionedRows.Update update = rows.begin();
        assertThatThrownBy(() -> update.put(1, 42, fp32(1f), Precision.PRECISION_UNSPECIFIED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'item'", "PRECISION_UNSPECIFIED");
    }

    @Test
    void aBufferWithTooLittleRoomIsRefused() {
        assertThatThrownBy(() -> rows.current().gather(1, new long[2], 0, 2, FloatBuffer.allocate(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'item'", "2 rows of 3 floats", "5 floats");
    }

    private static Snapshot commit(VersionedRows.Update update, long id, float value) {
        update.put(0, id, fp32(value, value), Precision.FP32);
        return update.commit();
    }

    private static float[] gather(Snapshot snapshot, int table, long... ids) {
        FloatBuffer out = FloatBuffer.allocate(ids.length * (table == 0 ? USER.width() : ITEM.width()));
        snapshot.gather(table, ids, 0, ids.length, out);
        return out.array();
    }

    private static ByteBuffer fp32(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }
}
