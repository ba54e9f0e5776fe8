package io.freshet.flink.rows;

import io.freshet.store.table.TableSpec;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.util.Collector;

/** Gradient blocks by number, the same for the same number, as a stream that sends some of them and then idles. */
final class TestBlocks implements FlatMapFunction<Long, GradientBlock>, CheckpointListener {
    static final int KEY_GROUPS = 16;
    static final long IDS = 500;

    private static final long serialVersionUID = 1L;
    private static final int MAX_ROWS_OF_TABLE = 6;

    /** By last block: the function itself is copied into the job. */
    private static final ConcurrentHashMap<Long, CountDownLatch> SENT = new ConcurrentHashMap<>();

    private static final ConcurrentHashMap<Long, CountDownLatch> CHECKPOINTED = new ConcurrentHashMap<>();

    private final List<TableSpec> specs;
    private final long end;

    /** To ask for blocks. */
    TestBlocks(List<TableSpec> specs) {
        this(specs, 0, 0);
    }

    /** Sends the blocks from {@code first} to {@code end}, the last one left out. */
    TestBlocks(List<TableSpec> specs, long first, long end) {
        this.specs = specs;
        this.end = end;
        SENT.put(end, new CountDownLatch((int) (end - first)));
        CHECKPOINTED.put(end, new CountDownLatch(1));
    }

    @Override
    public void flatMap(Long number, Collector<GradientBlock> out) throws InterruptedException {
        if (number < end) {
            out.collect(block(number));
            SENT.get(end).countDown();
        } else {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        CHECKPOINTED.get(end).countDown();
    }

    /** A checkpoint says that all tasks run: Flink never answers who stops a job with a savepoint before. */
    void awaitAllSentAndACheckpoint() throws InterruptedException {
        if (!SENT.get(end).await(2, TimeUnit.MINUTES) || !CHECKPOINTED.get(end).await(2, TimeUnit.MINUTES)) {
            throw new AssertionError("Two minutes were not enough to send all blocks and complete a checkpoint");
        }
    }

    /** A block of a few rows of each table, all of one key group. */
    GradientBlock block(long number) {
        Random random = new Random(number);
        int group = random.nextInt(KEY_GROUPS);
        int[] starts = new int[specs.size() + 1];
        LongStream.Builder ids = LongStream.builder();
        int floats = 0;
        for (TableSpec spec : specs) {
            long[] some = LongStream.generate(() -> random.nextLong(IDS))
                    .filter(id -> spec.keyGroup(id, KEY_GROUPS) == group)
                    .limit(1 + random.nextInt(MAX_ROWS_OF_TABLE))
                    .distinct()
                    .toArray();
            LongStream.of(some).forEach(ids);
            starts[spec.index() + 1] = starts[spec.index()] + some.length;
            floats += some.length * spec.width();
        }
        float[] gradients = new float[floats];
        for (int i = 0; i < floats; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        return new GradientBlock(
                new KeyGroupKeys(KEY_GROUPS).keyOf(group), starts, ids.build().toArray(), gradients, number);
    }

    /** The key of the key group that owns a row. */
    int keyOf(TableSpec spec, long id) {
        return new KeyGroupKeys(KEY_GROUPS).keyOf(spec.keyGroup(id, KEY_GROUPS));
    }
}
