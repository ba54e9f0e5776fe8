package io.freshet.store.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link DurableRows} promises: extend it, say how to make an empty one, and run it. */
public abstract class DurableRowsContract {
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());

    /** Rows written, deleted or read; there are some five implementations, so this makes millions. */
    private static final long OPERATIONS = Long.getLong("freshet.test.operations", 500_000);

    private static final int RESTARTS = 4;

    /** An empty store with at least two tables, 0 and 1, and at least two key groups. */
    protected abstract DurableRows create();

    /** The store that {@link #create} gave, after a checkpoint of it was taken and restored. */
    protected abstract DurableRows restarted();

    @Test
    void aRowThatWasNeverWrittenIsNotThereAndTheBufferIsLeftAlone() {
        ByteBuffer out = ByteBuffer.allocate(8).position(3);
        assertThat(create().read(0, 42, out)).isFalse();
        assertThat(out.position()).isEqualTo(3);
    }

    @Test
    void aWrittenRowIsReadBackFromThePositionOfTheBufferOn() {
        DurableRows rows = create();
        rows.write(0, 42, ByteBuffer.wrap(new byte[] {1, 2, 3}));

        ByteBuffer out = ByteBuffer.allocate(8).position(2);
        assertThat(rows.read(0, 42, out)).isTrue();
        assertThat(out.position()).isEqualTo(5);
        assertThat(out.array()).containsExactly(0, 0, 1, 2, 3, 0, 0, 0);
    }

    @Test
    void readingIntoADirectBufferWorksAsWell() {
        DurableRows rows = create();
        rows.write(0, 42, ByteBuffer.allocateDirect(2).put(0, (byte) 7).put(1, (byte) 8));

        ByteBuffer out = ByteBuffer.allocateDirect(4);
        assertThat(rows.read(0, 42, out)).isTrue();
        assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8}));
    }

    @Test
    void whoeverIsShownARowMayMoveInItAndReadItInAnyByteOrder() {
        DurableRows rows = create();
        rows.write(0, 42, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        for (int time = 0; time < 3; time++) {
            rows.read(0, new long[] {42}, 0, 1, (index, value) -> {
                assertThat(value.order(ByteOrder.LITTLE_ENDIAN).getInt()).isEqualTo(0x04030201);
                value.limit(0);
            });
        }
    }

    @Test
    void onlyTheBytesBetweenPositionAndLimitAreWritten() {
        DurableRows rows = create();
        rows.write(0, 1, ByteBuffer.wrap(new byte[] {9, 1, 2, 9}, 1, 2));
        assertThat(read(rows, 0, 1)).containsExactly(1, 2);
    }

    @Test
    void aRowKeepsItsValueWhenTheCallerReusesTheBuffer() {
        DurableRows rows = create();
        ByteBuffer reused = ByteBuffer.wrap(new byte[] {1});
        rows.write(0, 1, reused);
        reused.clear().put(0, (byte) 2);
        rows.write(0, 2, reused);
        assertThat(read(rows, 0, 1)).containsExactly(1);
        assertThat(read(rows, 0, 2)).containsExactly(2);
    }

    @Test
    void aRowIsReplacedByAShorterAndByALongerOne() {
        DurableRows rows = create();
        rows.write(0, 1, ByteBuffer.wrap(new byte[] {1, 2}));
        rows.write(0, 1, ByteBuffer.wrap(new byte[] {3}));
        assertThat(read(rows, 0, 1)).containsExactly(3);
        rows.write(0, 1, ByteBuffer.wrap(new byte[] {4, 5, 6}));
        assertThat(read(rows, 0, 1)).containsExactly(4, 5, 6);
    }

    @Test
    void everyIdIsLegalAndTablesAreApart() {
        DurableRows rows = create();
        long[] ids = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE};
        for (int i = 0; i < ids.length; i++) {
            rows.write(0, ids[i], ByteBuffer.wrap(new byte[] {0, (byte) i}));
            rows.write(1, ids[i], ByteBuffer.wrap(new byte[] {1, (byte) i}));
        }
        for (int i = 0; i < ids.length; i++) {
            assertThat(read(rows, 0, ids[i])).containsExactly(0, i);
            assertThat(read(rows, 1, ids[i])).containsExactly(1, i);
        }
    }

    @Test
    void aValueThatIsTooLongForTheBufferOverflowsIt() {
        DurableRows rows = create();
        rows.write(0, 42, ByteBuffer.wrap(new byte[5]));
        assertThatThrownBy(() -> rows.read(0, 42, ByteBuffer.allocate(4))).isInstanceOf(BufferOverflowException.class);
    }

    @Test
    void forEachVisitsEveryRowOnceWithItsValue() {
        DurableRows rows = create();
        TreeMap<String, List<Byte>> expected = new TreeMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            int table = random.nextInt(2);
            long id = random.nextInt(200) - 100;
            byte[] value = new byte[1 + random.nextInt(40)];
            random.nextBytes(value);
            rows.write(table, id, ByteBuffer.wrap(value));
            expected.put(table + " " + id, bytes(ByteBuffer.wrap(value)));
        }

        assertThat(all(rows)).isEqualTo(expected);
    }

    @Test
    void aBatchFindsTheRowsThatExistInTheOrderAsked() {
        DurableRows rows = create();
        long[] ids = {-7, 9, 5, 7};
        rows.write(0, ids, 1, 3, ByteBuffer.wrap(new byte[] {9, 90, 5, 50, 7, 70}));

        List<String> found = new ArrayList<>();
        rows.read(
                0,
                new long[] {99, 4, 5, 6, 7, 8, 9, 99},
                1,
                6,
                (index, value) -> found.add(index + "=" + bytes(value)));
        assertThat(found).containsExactly("1=[5, 50]", "3=[7, 70]", "5=[9, 90]");
    }

    @Test
    void aLargeBatchFindsLongAndShortRowsAmongThoseThatDoNotExist() {
        DurableRows rows = create();
        long[] ids = LongStream.range(0, 10_000).map(i -> i * i * 7_919).toArray();
        for (int i = 0; i < ids.length; i++) {
            if (i % 3 > 0) {
                rows.write(0, ids[i], ByteBuffer.wrap(valueOf(i)));
            }
        }
        List<Integer> found = new ArrayList<>();
        rows.read(0, ids, 0, ids.length, (index, value) -> {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            assertThat(bytes).isEqualTo(valueOf(index));
            found.add(index);
        });
        assertThat(found).isSorted().hasSize(6_666).allMatch(index -> index % 3 > 0);
    }

    /** Of 1 to 700 bytes. */
    private static byte[] valueOf(int i) {
        byte[] value = new byte[1 + i % 700];
        new Random(i).nextBytes(value);
        return value;
    }

    @Test
    void aBatchOfNothingReadsWritesAndDeletesNothing() {
        DurableRows rows = create();
        rows.write(0, new long[0], 0, 0, ByteBuffer.allocate(0));
        rows.delete(0, new long[0], 0, 0);
        rows.read(0, new long[0], 0, 0, (index, value) -> fail("no row was asked for"));
        rows.forEach((table, id, value) -> fail("there is no row"));
    }

    @Test
    void aBatchOfDirectMemoryInTheMiddleOfABufferIsWritten() {
        DurableRows rows = create();
        ByteBuffer values = ByteBuffer.allocateDirect(6);
        for (int i = 0; i < 6; i++) {
            values.put(i, (byte) i);
        }
        rows.write(0, new long[] {1, 2}, 0, 2, values.position(1).limit(5));
        assertThat(read(rows, 0, 1)).containsExactly(1, 2);
        assertThat(read(rows, 0, 2)).containsExactly(3, 4);
    }

    @Test
    void valuesThatDoNotFillTheirBatchEvenlyAreRefused() {
        DurableRows rows = create();
        assertThatThrownBy(() -> rows.write(0, new long[] {1, 2}, 0, 2, ByteBuffer.allocate(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 rows")
                .hasMessageContaining("5 bytes");
    }

    @Test
    void aDeletedRowIsGoneAndTheOthersStay() {
        DurableRows rows = create();
        rows.write(0, new long[] {1, 2, 3}, 0, 3, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        rows.write(1, new long[] {1}, 0, 1, ByteBuffer.wrap(new byte[] {11}));

        rows.delete(0, new long[] {4, 1, 3, 2}, 0, 3);
        assertThat(rows.read(0, 1, ByteBuffer.allocate(8))).isFalse();
        assertThat(rows.read(0, 3, ByteBuffer.allocate(8))).isFalse();
        assertThat(read(rows, 0, 2)).containsExactly(2);
        assertThat(read(rows, 1, 1)).containsExactly(11);

        rows.write(0, 1, ByteBuffer.wrap(new byte[] {100}));
        assertThat(read(rows, 0, 1)).containsExactly(100);
    }

    @Test
    void aWalkSeesEveryRowOfItsTableOnceInStepsOfAnySize() {
        DurableRows rows = create();
        TreeMap<Long, String> expected = new TreeMap<>();
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            long id = i % 3 == 0 ? random.nextLong() : random.nextInt(100) - 50;
            rows.write(0, id, ByteBuffer.wrap(new byte[] {(byte) i, 1}));
            rows.write(1, id, ByteBuffer.wrap(new byte[] {(byte) i, 2}));
            expected.put(id, List.of((byte) i, (byte) 1).toString());
        }
        long[] edges = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE};
        for (long id : edges) {
            rows.write(0, id, ByteBuffer.wrap(new byte[] {0, 1}));
            expected.put(id, "[0, 1]");
        }
        for (int step : new int[] {1, 7, expected.size(), 10_000}) {
            assertThat(walked(rows, step)).isEqualTo(expected);
        }
    }

    @Test
    void aWalkSeesWhatIsThereThroughoutWhileOtherRowsComeAndGo() {
        DurableRows rows = create();
        for (long id = 0; id < 200; id++) {
            rows.write(0, id, ByteBuffer.wrap(new byte[] {1}));
        }
        List<Long> seen = new ArrayList<>();
        RowWalk walk = rows.walk(0);
        for (long round = 0; walk.next(9, (table, id, value) -> seen.add(id)) == 9; round++) {
            rows.delete(0, seen.stream().mapToLong(Long::longValue).toArray(), 0, seen.size());
            rows.write(0, 1_000 + round, ByteBuffer.wrap(new byte[] {2}));
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen).containsAll(LongStream.range(0, 200).boxed().toList());
    }

    @Test
    void metadataIsKeptPerKeyGroupAndNameAndApartFromRows() {
        DurableRows rows = create();
        int first = rows.keyGroups().first();
        int last = rows.keyGroups().last();
        assertThat(last).isGreaterThan(first);
        rows.putMetadata(first, "clock", new byte[] {1});
        rows.putMetadata(first, "changed", new byte[] {2, 2});
        rows.putMetadata(last, "clock", new byte[] {3, 3, 3});
        assertThat(rows.metadata(first, "clock")).containsExactly(1);
        assertThat(rows.metadata(first, "changed")).containsExactly(2, 2);
        assertThat(rows.metadata(last, "clock")).containsExactly(3, 3, 3);
        assertThat(rows.metadata(last, "changed")).isNull();
        rows.forEach((table, id, value) -> fail("metadata is no row"));

        rows.putMetadata(first, "clock", new byte[0]);
        assertThat(rows.metadata(first, "clock")).isEmpty();
        rows.putMetadata(first, "clock", null);
        assertThat(rows.metadata(first, "clock")).isNull();
        assertThat(rows.metadata(last, "clock")).containsExactly(3, 3, 3);
    }

    @Test
    void metadataOfAKeyGroupThatIsKeptElsewhereIsRefused() {
        DurableRows rows = create();
        int outside = rows.keyGroups().last() + 1;
        assertThatThrownBy(() -> rows.metadata(outside, "clock")).hasMessageContaining("Key group " + outside);
        assertThatThrownBy(() -> rows.putMetadata(outside, "clock", new byte[0]))
                .hasMessageContaining("Key group " + outside);
    }

    @Test
    void manyRandomOperationsLeaveWhatTheyLeaveInAMap() {
        System.out.println(getClass().getSimpleName() + ": rerun with -Dfreshet.test.seed=" + SEED);
        RandomRowOperations operations = new RandomRowOperations(SEED, create());
        long next = OPERATIONS / RESTARTS;
        while (operations.done() < OPERATIONS) {
            operations.next();
            if (operations.done() >= next) {
                operations.compareAll();
                operations.goOnWith(restarted());
                operations.compareAll();
                next += OPERATIONS / RESTARTS;
            }
        }
        operations.compareAll();
    }

    private static TreeMap<String, List<Byte>> all(DurableRows rows) {
        TreeMap<String, List<Byte>> all = new TreeMap<>();
        rows.forEach((table, id, value) ->
                assertThat(all.put(table + " " + id, bytes(value))).isNull());
        return all;
    }

    private static TreeMap<Long, String> walked(DurableRows rows, int step) {
        TreeMap<Long, String> walked = new TreeMap<>();
        RowWalk walk = rows.walk(0);
        int visited = step;
        while (visited == step) {
            visited = walk.next(step, (table, id, value) -> {
                assertThat(table).isZero();
                assertThat(walked.put(id, bytes(value).toString())).isNull();
            });
        }
        return walked;
    }

    private static byte[] read(DurableRows rows, int table, long id) {
        ByteBuffer out = ByteBuffer.allocate(64);
        assertThat(rows.read(table, id, out)).isTrue();
        byte[] value = new byte[out.position()];
        out.flip().get(value);
        return value;
    }

    private static List<Byte> bytes(ByteBuffer value) {
        List<Byte> list = new ArrayList<>();
        while (value.hasRemaining()) {
            list.add(value.get());
        }
        return list;
    }
}
