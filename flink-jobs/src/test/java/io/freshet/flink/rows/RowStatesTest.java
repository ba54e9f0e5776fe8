package io.freshet.flink.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.TreeMapRows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;

class RowStatesTest {
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final int TABLES = RowsHarness.TABLES.size();

    private final Random random = new Random(SEED);
    private final TreeMapRows model = new TreeMapRows();

    @BeforeEach
    void printSeed() {
        System.out.println("RowStatesTest: rerun with -Dfreshet.test.seed=" + SEED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 129, 1_000})
    void bothWaysLeaveTheSameBytesInRocksDb(int keyGroups) throws Exception {
        try (RowsHarness one = new RowsHarness(new EmbeddedRocksDBStateBackend(), keyGroups, 1, 0).open();
                RowsHarness other = new RowsHarness(new EmbeddedRocksDBStateBackend(), keyGroups, 1, 0).open()) {
            change(List.of(one.direct(), other.throughFlink(), model), 200);
            assertThat(one.states(RowStatesTest::entries)).isEqualTo(other.states(RowStatesTest::entries));
            assertThat(one.states(RowStatesTest::entries)).hasSize(model.size());
        }
    }

    @Test
    void eachWayReadsWhatTheOtherWrote() throws Exception {
        try (RowsHarness harness = new RowsHarness(new EmbeddedRocksDBStateBackend(), 16, 1, 0).open()) {
            List<DurableRows> ways = List.of(harness.direct(), harness.throughFlink());
            for (int round = 0; round < 40; round++) {
                change(List.of(ways.get(round % 2), model), 5);
                assertThat(rows(ways.get(0))).isEqualTo(rows(model));
                assertThat(rows(ways.get(1))).isEqualTo(rows(model));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyRowIsThereAndEqualAfterGoingFromOneToThreeToTwoSubtasks(boolean incremental) throws Exception {
        List<OperatorSubtaskState> parts;
        try (RowsHarness first = harness(incremental, 1, 0).open()) {
            change(List.of(first.direct(), model), 50);
            first.snapshot(1);
            change(List.of(first.direct(), model), 50);
            first.direct().putMetadata(3, "clock", new byte[] {3});
            parts = List.of(first.snapshot(2));
        }
        for (int parallelism : new int[] {3, 2}) {
            parts = rescale(parts, parallelism, incremental);
        }
    }

    /** Brings the state to so many subtasks, looks at it, changes some of it, and takes it on. */
    private List<OperatorSubtaskState> rescale(List<OperatorSubtaskState> parts, int parallelism, boolean incremental)
            throws Exception {
        OperatorSubtaskState whole =
                AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        TreeMap<String, String> found = new TreeMap<>();
        List<OperatorSubtaskState> snapshots = new ArrayList<>();
        for (int subtask = 0; subtask < parallelism; subtask++) {
            OperatorSubtaskState share = AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    whole, 16, parts.size(), parallelism, subtask);
            try (RowsHarness harness =
                    harness(incremental, parallelism, subtask).restoring(share).open()) {
                DurableRows direct = harness.direct();
                TreeMap<String, String> here = rows(direct);
                assertThat(rows(harness.throughFlink())).isEqualTo(here);
                assertThat(here).isNotEmpty();
                found.putAll(here);
                if (direct.keyGroups().first() <= 3 && 3 <= direct.keyGroups().last()) {
                    assertThat(direct.metadata(3, "clock")).containsExactly(3);
                }
                rewriteHalf(direct);
                snapshots.add(harness.snapshot(parallelism * 10L));
            }
        }
        assertThat(found).isEqualTo(rows(model));
        rewriteHalf(model);
        return snapshots;
    }

    private static RowsHarness harness(boolean incremental, int parallelism, int subtask) throws Exception {
        return new RowsHarness(new EmbeddedRocksDBStateBackend(incremental), 16, parallelism, subtask);
    }

    @Test
    void otherBackendsHaveNoDirectWay() throws Exception {
        try (RowsHarness harness = new RowsHarness(new HashMapStateBackend(), 16, 1, 0).open()) {
            assertThat(harness.states(RowStates::direct)).isEmpty();
        }
    }

    @Test
    void aFlinkWithOtherFieldsOrOtherThingsInThemHasNoDirectWayAndItsRowsAreReachedAllTheSame() throws Exception {
        try (RowsHarness harness = new RowsHarness(new EmbeddedRocksDBStateBackend(), 16, 1, 0).open()) {
            change(List.of(harness.direct(), model), 20);
            KeyedStateBackend<Integer> backend = harness.states(RowStates::backend);
            List<String> names = harness.states(RowStatesTest::names);
            List<RocksHandle.Fields> others = List.of(
                    new RocksHandle.Fields("database", "kvStateInformation"),
                    new RocksHandle.Fields("db", "states"),
                    new RocksHandle.Fields("kvStateInformation", "db"),
                    new RocksHandle.Fields("db", "keyContext"));
            for (RocksHandle.Fields fields : others) {
                assertThat(RocksHandle.of(backend, names, fields))
                        .as("%s", fields)
                        .isEmpty();
            }
            assertThat(RocksHandle.of(backend, List.of("rows.nothing"))).isEmpty();
            assertThat(RocksHandle.of(backend, names)).isPresent();

            change(List.of(harness.throughFlink(), model), 20);
            assertThat(rows(harness.throughFlink())).isEqualTo(rows(model));
        }
    }

    private static List<String> names(RowStates states) {
        return states.tables().stream().map(table -> "rows." + table.name()).toList();
    }

    /** Writes and deletes random rows, the same ones everywhere. */
    private void change(List<DurableRows> everywhere, int batches) {
        for (int batch = 0; batch < batches; batch++) {
            int table = random.nextInt(TABLES);
            long[] ids = random.longs(1 + random.nextInt(30), -200, 200)
                    .map(id -> id % 7 == 0 ? id * 0x123456789abcdefL : id)
                    .distinct()
                    .toArray();
            byte[] values = new byte[ids.length * (1 + random.nextInt(40))];
            random.nextBytes(values);
            boolean delete = random.nextInt(5) == 0;
            for (DurableRows rows : everywhere) {
                if (delete) {
                    rows.delete(table, ids, 0, ids.length);
                } else {
                    rows.write(table, ids, 0, ids.length, ByteBuffer.wrap(values));
                }
            }
        }
    }

    /** Gives every second id another value, by a rule that needs no knowledge of the other rows. */
    private static void rewriteHalf(DurableRows rows) {
        List<TreeMapRows.Key> keys = new ArrayList<>();
        rows.forEach((table, id, value) -> keys.add(new TreeMapRows.Key(table, id)));
        for (TreeMapRows.Key key : keys) {
            if (key.id() % 2 == 0) {
                ByteBuffer value = ByteBuffer.allocate(64);
                rows.read(key.table(), key.id(), value);
                value.put((byte) 1);
                rows.write(key.table(), key.id(), value.flip());
            }
        }
    }

    private static TreeMap<String, String> rows(DurableRows rows) {
        TreeMap<String, String> all = new TreeMap<>();
        rows.forEach((table, id, value) ->
                assertThat(all.put(table + " " + id, hex(value))).isNull());
        return all;
    }

    private static String hex(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What RocksDB holds of the tables' rows, byte by byte. */
    private static List<String> entries(RowStates states) {
        Function<byte[], String> hex = HexFormat.of()::formatHex;
        RocksHandle handle = RocksHandle.of(states.backend(), names(states)).orElseThrow();
        List<String> entries = new ArrayList<>();
        for (ColumnFamilyHandle family : handle.families()) {
            try (RocksIterator iterator = handle.db().newIterator(family)) {
                for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                    entries.add(hex.apply(iterator.key()) + "=" + hex.apply(iterator.value()));
                }
            }
        }
        return entries;
    }
}
