package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Reads while another thread adds rows, writes them, removes them and gives their slots to others. */
class HotTableReadersTest {
    private static final int WIDTH = 40;
    private static final int IDS = 3_000;
    private static final int MAX_ROWS = 1_000;
    private static final int READERS = 2;
    private static final int WRITES = 600_000;

    private final HotTable table = new HotTable(WIDTH, MAX_ROWS);
    private volatile boolean written;

    /** A row is its id, its version, and then nothing but its version. */
    @Test
    void readersOfARowThatChangesPlacesSeeItWholeAndNeverGoBack() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                Random random = new Random(seed + 1 + reader);
                readers.add(threads.submit(() -> readUntilWritten(random)));
            }
            write(new Random(seed));
            written = true;
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).isGreaterThan(100);
            }
        } finally {
            written = true;
            threads.shutdownNow();
        }
    }

    @Test
    void aRowLastUpdatedBeforeTheReadersTimeIsNotThere() {
        int slot = table.add(7);
        table.stamp(slot, 1, 100);
        table.endWrite(slot);
        FloatBuffer out = FloatBuffer.allocate(WIDTH);
        assertThat(table.read(7, 100, WIDTH, out, 0)).isTrue();
        assertThat(table.read(7, 101, WIDTH, out, 0)).isFalse();
    }

    @Test
    void aRowThatIsBeingWrittenIsNotThereForTheMoment() {
        int slot = table.add(7);
        FloatBuffer out = FloatBuffer.allocate(WIDTH);
        assertThat(table.read(7, 0, WIDTH, out, 0)).isFalse();
        table.endWrite(slot);
        assertThat(table.read(7, 0, WIDTH, out, 0)).isTrue();
        table.beginWrite(slot);
        assertThat(table.read(7, 0, WIDTH, out, 0)).isFalse();
        table.endWrite(slot);
        table.remove(slot);
        assertThat(table.read(7, 0, WIDTH, out, 0)).isFalse();
    }

    private void write(Random random) {
        int[] victim = new int[1];
        for (int version = 1; version <= WRITES; version++) {
            long id = random.nextInt(IDS);
            int slot = table.use(id);
            if (slot == HotTable.NONE) {
                if (table.room() == 0) {
                    table.victims(victim, 1);
                    table.remove(victim[0]);
                }
                slot = table.add(id);
            } else {
                table.beginWrite(slot);
            }
            float[] row = new float[WIDTH];
            Arrays.fill(row, version);
            row[0] = id;
            table.put(slot, 0, row, 0, WIDTH);
            table.endWrite(slot);
        }
    }

    private long readUntilWritten(Random random) {
        float[] newest = new float[IDS];
        FloatBuffer out = FloatBuffer.allocate(WIDTH);
        long rows = 0;
        while (!written) {
            int id = random.nextInt(IDS);
            if (table.read(id, Long.MIN_VALUE, WIDTH, out, 0)) {
                requireWhole(id, newest[id], out.array());
                newest[id] = out.get(1);
                rows++;
            }
        }
        return rows;
    }

    private static void requireWhole(int id, float newest, float[] row) {
        assertThat(row[0]).isEqualTo(id);
        assertThat(row[1]).isGreaterThanOrEqualTo(newest);
        for (int i = 2; i < WIDTH; i++) {
            if (row[i] != row[1]) {
                throw new AssertionError("row %d is of versions %.0f and %.0f".formatted(id, row[1], row[i]));
            }
        }
    }
}
