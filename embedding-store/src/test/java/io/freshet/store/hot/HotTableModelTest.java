package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Millions of random operations on a table that is mostly full, beside a map, while another thread reads: blocks are
 * found and copied, rows written together, rows removed singly and to make room. More by
 * {@code -Dfreshet.test.operations=100000000}.
 */
class HotTableModelTest {
    private static final long OPERATIONS = Long.getLong("freshet.test.operations", 2_000_000);
    private static final int FLOATS = 5;

    /** Two ids in three find no room. */
    private static final int IDS_PER_ROW = 3;

    private final Map<Long, Float> versions = new HashMap<>();
    private final long[] ids = new long[RowFinder.BLOCK_ROWS];
    private final int[] slots = new int[RowFinder.BLOCK_ROWS];
    private final float[] numbers = new float[RowFinder.BLOCK_ROWS * FLOATS];
    private final FloatBuffer copies = ByteBuffer.allocateDirect(numbers.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();

    private Random random;
    private HotTable table;
    private RowFinder finder;
    private SlotBlock block;
    private float version;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 3_000, 40_000})
    void behavesAsAMapWouldWhileOthersRead(int maxRows) throws Exception {
        long seed = System.nanoTime();
        System.out.println("rows " + maxRows + ", seed " + seed);
        random = new Random(seed);
        table = new HotTable(FLOATS, maxRows);
        finder = table.finder(FLOATS);
        block = table.block(RowFinder.BLOCK_ROWS);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Long> reads = other.submit(() -> readUntil(done, maxRows, new Random(seed + 1)));
            long operations = 0;
            while (operations < OPERATIONS) {
                operations += nextBlock(maxRows);
            }
            done.set(true);
            assertThat(reads.get()).isPositive();
        } finally {
            done.set(true);
            other.shutdownNow();
        }
        versions.forEach((id, expected) -> assertThat(table.find(id)).isNotEqualTo(HotTable.NONE));
    }

    /** Finds rows, then writes those that are there, adds some that are not and removes some; returns how many ids. */
    private int nextBlock(int maxRows) {
        int count = 1 + random.nextInt(Math.min(ids.length, maxRows));
        for (int i = 0; i < count; i++) {
            ids[i] = random.nextInt(IDS_PER_ROW * maxRows);
        }
        finder.use(ids, 0, count, slots, 0);
        finder.copy(copies, 0);
        for (int i = 0; i < count; i++) {
            Float expected = versions.get(ids[i]);
            if (expected == null ? slots[i] != HotTable.NONE : !isCopyOf(i, expected)) {
                fail("id %d is in slot %d, expected version %s", ids[i], slots[i], expected);
            }
        }
        writeAgain(count);
        for (int i = 0; i < count; i++) {
            if (!versions.containsKey(ids[i])) {
                add(ids[i]);
            } else if (random.nextInt(8) == 0) {
                remove(table.find(ids[i]));
            }
        }
        if (table.rows() != versions.size()) {
            fail("%d rows, expected %d", table.rows(), versions.size());
        }
        return count;
    }

    private boolean isCopyOf(int i, float expected) {
        boolean same = slots[i] != HotTable.NONE && table.id(slots[i]) == ids[i];
        for (int at = 0; same && at < FLOATS; at++) {
            same = copies.get(i * FLOATS + at) == (at == 0 ? ids[i] : expected);
        }
        return same;
    }

    /** Those of the block that are there, each once. */
    private void writeAgain(int count) {
        version = (version + 1) % (1 << 24); // Beyond, floats skip numbers.
        int rows = 0;
        for (int i = 0; i < count; i++) {
            if (slots[i] != HotTable.NONE && versions.get(ids[i]) != version) {
                versions.put(ids[i], version);
                fill(rows, ids[i]);
                slots[rows++] = slots[i];
            }
        }
        block.select(slots, 0, rows);
        for (int row = 0; row < rows; row++) {
            block.beginWrite(row);
            block.put(row, 0, FLOATS, numbers);
            block.endWrite(row);
        }
    }

    private void add(long id) {
        int[] victims = new int[2];
        if (table.room() == 0) {
            int found = table.victims(victims, victims.length);
            for (int i = 0; i < found; i++) {
                remove(victims[i]);
            }
        }
        fill(0, id);
        int slot = table.add(id);
        table.put(slot, 0, numbers, 0, FLOATS);
        table.endWrite(slot);
        versions.put(id, version);
    }

    private void remove(int slot) {
        if (versions.remove(table.id(slot)) == null) {
            fail("slot %d held id %d, which should not be there", slot, table.id(slot));
        }
        table.remove(slot);
    }

    private void fill(int row, long id) {
        for (int at = 0; at < FLOATS; at++) {
            numbers[row * FLOATS + at] = at == 0 ? id : version;
        }
    }

    /** A row is its id and then nothing but its version. */
    private long readUntil(AtomicBoolean done, int maxRows, Random any) {
        FloatBuffer row = FloatBuffer.allocate(FLOATS);
        long reads = 0;
        while (!done.get()) {
            long id = any.nextInt(IDS_PER_ROW * maxRows);
            if (table.read(id, 0, FLOATS, row, 0)) {
                reads++;
                for (int at = 0; at < FLOATS; at++) {
                    if (row.get(at) != (at == 0 ? id : row.get(1))) {
                        throw new AssertionError("id %d was read as %s".formatted(id, row.get(at)));
                    }
                }
            }
        }
        return reads;
    }
}
