package io.freshet.benchmarks.rows;

import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.WriteBehindPace;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Rows over a database of their own, updated and checkpointed in the rhythm of a job. */
final class CheckpointedRows implements AutoCloseable {
    private static final int KEY_GROUPS = 128;
    private static final int BATCH = 4096;
    private static final int KEPT = 20_000;
    private static final long CACHE_BYTES = 256L << 20;

    /**
     * What a barrier met.
     *
     * @param dirty rows that were not yet written when it came
     * @param newMegabytes of 10^6 bytes
     */
    record Barrier(int dirty, double pauseMs, double checkpointMs, double newMegabytes, double megabytes) {
        @Override
        public String toString() {
            return "%,d left to the barrier, pause %.0f ms, checkpoint %.0f ms, %.2f MB new of %.0f MB"
                    .formatted(dirty, pauseMs, checkpointMs, newMegabytes, megabytes);
        }
    }

    private final CheckpointsOptions options;
    private final TemporaryFolder folder = new TemporaryFolder("freshet-rows");
    private final RowDatabase database;
    private final RowTables tables;
    private final Random random;
    private final float[] gradients;
    private final long[] ids = new long[BATCH];
    private final WriteBehindPace pace;
    private long checkpointId;

    CheckpointedRows(CheckpointsOptions options) {
        this.options = options;
        BenchTable table = new BenchTable(options.width());
        random = new Random(options.seed());
        gradients = new float[BATCH * options.width()];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        database = RowDatabase.open(
                folder.path(),
                List.of(table.specs().get(0).name()),
                new KeyGroupSpan(0, KEY_GROUPS - 1),
                KEY_GROUPS,
                new RowDatabase.Limits(CACHE_BYTES, 1));
        tables = new RowTables(table.specs(), database.rows(), KEY_GROUPS, options.rows());
        pace = new WriteBehindPace(Duration.ofMillis(options.intervalMs()), KEPT, System.nanoTime());
    }

    /** Makes all rows. */
    Barrier fill() {
        for (int made = 0; made < options.rows(); made += BATCH) {
            int count = Math.min(BATCH, options.rows() - made);
            for (int i = 0; i < count; i++) {
                ids[i] = ZipfIds.ofRank(1L + made + i);
            }
            tables.apply(0, ids, 0, count, gradients, 0, 1);
            writeBehind();
        }
        return barrier();
    }

    /** Changes so many rows, spread over an interval, and ends it with a barrier. */
    Barrier interval(int changed) {
        long begin = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(options.intervalMs());
        // A run of ranks is a random set of ids, without one that comes twice.
        long firstRank = 1L + random.nextInt(options.rows() - changed + 1);
        for (int done = 0; done < changed; done += BATCH) {
            int count = Math.min(BATCH, changed - done);
            for (int i = 0; i < count; i++) {
                ids[i] = ZipfIds.ofRank(firstRank + done + i);
            }
            tables.apply(0, ids, 0, count, gradients, 0, 1);
            writeBehind();
            sleepUntil(begin + (long) ((double) nanos * (done + count) / changed));
        }
        return barrier();
    }

    private void writeBehind() {
        tables.writeBehind(pace.rowsToWrite((int) tables.counts().dirtyRows(), System.nanoTime()));
    }

    private static void sleepUntil(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted between two batches", e);
        }
    }

    private Barrier barrier() {
        int dirty = (int) tables.counts().dirtyRows();
        long begin = System.nanoTime();
        tables.flush();
        long flushed = System.nanoTime();
        RowDatabase.Made made = database.checkpoint(++checkpointId);
        long complete = System.nanoTime();
        pace.barrier(complete);
        return new Barrier(
                dirty, (flushed - begin) / 1e6, (complete - flushed) / 1e6, made.newBytes() / 1e6, made.bytes() / 1e6);
    }

    @Override
    public void close() {
        database.close();
        folder.close();
    }
}
