package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.store.hash.Mix64;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowFinderTest {
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final int[] slots = new int[RowFinder.BLOCK_ROWS];

    @Test
    void everyRowOfABlockIsFoundAndCopiedAndTheOthersAreGaps() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        // From rows that fit a cache line to some that are longer than what is read ahead.
        for (int floats : new int[] {1, 10, 32, 33, 64, 600}) {
            HotTable table = tableOf(1_000, floats);
            RowFinder finder = table.finder(floats);
            for (int round = 0; round < 50; round++) {
                long[] ids = random.longs(300, 0, 2_000).toArray();
                int count = random.nextInt(RowFinder.BLOCK_ROWS + 1);
                requireBlock(table, finder, ids, count, direct(count * floats), floats);
                requireBlock(table, finder, ids, count, FloatBuffer.allocate(count * floats), floats);
            }
        }
    }

    private void requireBlock(HotTable table, RowFinder finder, long[] ids, int count, FloatBuffer out, int floats) {
        for (int i = 0; i < out.limit(); i++) {
            out.put(i, -1);
        }
        int from = ids.length - count;
        finder.use(ids, from, count, slots, 0);
        finder.copy(out, 0);
        for (int i = 0; i < count; i++) {
            long id = ids[from + i];
            assertThat(slots[i]).isEqualTo(table.find(id));
            for (int at = 0; at < floats; at++) {
                assertThat(out.get(i * floats + at)).isEqualTo(slots[i] == HotTable.NONE ? -1 : number(id, at));
            }
        }
    }

    /** Entries tell rows with the same upper half of a hash not apart: only the rows themselves do. */
    @Test
    void rowsWithTheSameHalfOfAHashAreToldApart() {
        HotTable table = new HotTable(1, 100);
        long[] ids = new long[40];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idWithHash(0x1234_5678_0000_0000L + i);
            if (i % 2 == 0) {
                table.endWrite(table.add(ids[i]));
            }
        }
        table.finder(1).use(ids, 0, ids.length, slots, 0);
        for (int i = 0; i < ids.length; i++) {
            assertThat(slots[i] != HotTable.NONE).isEqualTo(i % 2 == 0);
            assertThat(slots[i]).isEqualTo(table.find(ids[i]));
        }
    }

    @Test
    void chainsGoOnFromTheLastPlaceToTheFirst() {
        HotTable table = new HotTable(1, 100);
        long[] ids = new long[40];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idWithHash(-1L - ((long) i << 32));
            table.endWrite(table.add(ids[i]));
        }
        table.finder(1).use(ids, 0, ids.length, slots, 0);
        for (int i = 0; i < ids.length; i++) {
            assertThat(slots[i]).isNotEqualTo(HotTable.NONE);
            assertThat(table.id(slots[i])).isEqualTo(ids[i]);
        }
    }

    @Test
    void rowsThatWereFoundStayWhenOthersGo() {
        HotTable table = tableOf(100, 1);
        long[] ids = {3, 5, 7};
        table.finder(0).use(ids, 0, ids.length, slots, 0);
        int[] victims = new int[97];
        assertThat(table.victims(victims, victims.length)).isEqualTo(97);
        assertThat(victims).doesNotContain(slots[0], slots[1], slots[2]);
    }

    @Test
    void nothingIsFoundInAnEmptyTable() {
        long[] ids = {0, 1, -1};
        new HotTable(3, 10).finder(3).use(ids, 0, ids.length, slots, 0);
        assertThat(slots).startsWith(HotTable.NONE, HotTable.NONE, HotTable.NONE);
    }

    @Test
    void moreFloatsThanARowHasAreRefused() {
        assertThatThrownBy(() -> new HotTable(3, 1).finder(4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static HotTable tableOf(int rows, int floats) {
        HotTable table = new HotTable(floats, rows);
        float[] numbers = new float[floats];
        for (long id = 0; id < rows; id++) {
            for (int at = 0; at < floats; at++) {
                numbers[at] = number(id, at);
            }
            int slot = table.add(id);
            table.put(slot, 0, numbers, 0, floats);
            table.endWrite(slot);
        }
        return table;
    }

    private static float number(long id, int at) {
        return id * 1_000 + at;
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** The steps of {@link Mix64#mix} taken back. */
    private static long idWithHash(long hash) {
        long z = hash ^ hash >>> 31 ^ hash >>> 62;
        z *= inverse(0x94d049bb133111ebL);
        z = z ^ z >>> 27 ^ z >>> 54;
        z *= inverse(0xbf58476d1ce4e5b9L);
        z = z ^ z >>> 30 ^ z >>> 60;
        assertThat(Mix64.mix(z)).isEqualTo(hash);
        return z;
    }

    private static long inverse(long factor) {
        return BigInteger.valueOf(factor).modInverse(TWO_TO_64).longValue();
    }
}
