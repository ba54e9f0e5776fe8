package io.freshet.store.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every row of version v holds v in all columns, so that a reader who sees two numbers has seen two versions. */
class VersionedRowsHammerTest {
    private static final int READERS = 8;
    private static final int VERSIONS = 200;
    private static final int FIRST_ROWS = 500;
    private static final int ROWS_PER_VERSION = 23;
    private static final int WIDTH = 5;
    private static final int GATHERED = 64;

    private final VersionedRows rows = new VersionedRows(List.of(new TableSpec(
            TableConfig.of("item", WIDTH).with(InitialConfig.of(InitialConfig.Type.ZEROS)), 0, false, 1)));

    /** What a server has: its readers follow this pointer and nothing else. */
    private volatile Snapshot live;

    @Test
    void noReaderSeesTwoVersionsInOneGatherWhileTheIndexGrows() throws Exception {
        commit(1);
        CountDownLatch reading = new CountDownLatch(READERS);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                readers.add(threads.submit(reader(reader, reading)));
            }
            assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
            for (int version = 2; version <= VERSIONS; version++) {
                commit(version);
            }
            for (Future<Long> reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void commit(int version) {
        VersionedRows.Update update = rows.begin();
        ByteBuffer weights = ByteBuffer.allocate(WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WIDTH; i++) {
            weights.putFloat(version);
        }
        weights.flip();
        for (int row = 0; row < rowsOf(version); row++) {
            update.put(0, id(row), weights, Precision.FP32);
        }
        live = update.commit();
    }

    /** Gathers until it has met the last version; returns how often. */
    private Callable<Long> reader(int seed, CountDownLatch reading) {
        return () -> {
            Random random = new Random(seed);
            long[] ids = new long[GATHERED];
            FloatBuffer out = FloatBuffer.allocate(GATHERED * WIDTH);
            long gathers = 0;
            Snapshot held = live;
            while (true) {
                // Held for some rounds, as by a request under way.
                held = random.nextInt(4) == 0 ? live : held;
                float version = gather(held, random, ids, out);
                reading.countDown();
                gathers++;
                if (version == VERSIONS) {
                    return gathers;
                }
            }
        };
    }

    private static float gather(Snapshot snapshot, Random random, long[] ids, FloatBuffer out) {
        for (int i = 0; i < GATHERED; i++) {
            // The newest rows too, for which the index is being changed; id(-1) is in no version.
            ids[i] = id(random.nextInt(snapshot.rows(0) + 1) - 1);
        }
        snapshot.gather(0, ids, 0, GATHERED, out.clear());
        float version = 0;
        for (int i = 0; i < GATHERED * WIDTH; i++) {
            float seen = out.get(i);
            if (ids[i / WIDTH] == id(-1)) {
                assertThat(seen).isZero();
            } else {
                version = version == 0 ? seen : version;
                assertThat(seen)
                        .as("value %d of a gather from version %s", i, version)
                        .isEqualTo(version);
                assertThat(snapshot.rows(0)).isEqualTo(rowsOf((int) version));
            }
        }
        return version;
    }

    private static int rowsOf(int version) {
        return FIRST_ROWS + version * ROWS_PER_VERSION;
    }

    private static long id(int row) {
        return row * 0x9e3779b97f4a7c15L;
    }
}
