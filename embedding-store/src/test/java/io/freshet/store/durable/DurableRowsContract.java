package io.freshet.store.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every {@link DurableRows} promises: extend it, say how to make an empty one, and run it. */
public abstract class DurableRowsContract {
    /** An empty store with at least two tables, 0 and 1. */
    protected abstract DurableRows create();

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
            expected.put(table + " " + id, boxed(value));
        }

        TreeMap<String, List<Byte>> visited = new TreeMap<>();
        rows.forEach((table, id, value) -> {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            assertThat(visited.put(table + " " + id, boxed(copy))).isNull();
        });
        assertThat(visited).isEqualTo(expected);
    }

    private static byte[] read(DurableRows rows, int table, long id) {
        ByteBuffer out = ByteBuffer.allocate(64);
        assertThat(rows.read(table, id, out)).isTrue();
        byte[] value = new byte[out.position()];
        out.flip().get(value);
        return value;
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> list = new ArrayList<>();
        for (byte b : bytes) {
            list.add(b);
        }
        return list;
    }
}
