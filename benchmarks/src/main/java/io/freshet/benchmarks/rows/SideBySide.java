package io.freshet.benchmarks.rows;

import io.freshet.benchmarks.step.Rounds;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several pieces of work on batches of ids, in turns on one thread. What counts is the median of the rounds.
 */
final class SideBySide {
    /** Batches drawn, as a multiple of what the fastest take in a round: most rounds see ids of their own. */
    private static final int ROUNDS_OF_BATCHES = 8;

    /** A round may take 30 ms, and the compiler is not done with what is measured before the eighth. */
    private static final int WARM_UP_ROUNDS = 12;

    private final RowsOptions options;
    private final FloatBuffer out;
    private final Rounds rounds = new Rounds();
    private final Map<String, Integer> idsInARound = new HashMap<>();

    SideBySide(RowsOptions options) {
        this.options = options;
        out = ByteBuffer.allocateDirect(options.batch() * options.width() * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** What is done with batches of ids; rows that are read go to {@code out}, batch over batch. */
    @FunctionalInterface
    interface BatchWork {
        void run(long[][] batches, FloatBuffer out);
    }

    /** Batches of ids of a table with so many rows. */
    long[][] draw(int rows) {
        return draw(rows, options.seed());
    }

    /** As above with a seed of their own, for work that must not meet rows which other work has just made hot. */
    long[][] draw(int rows, long seed) {
        return new ZipfIds(rows, seed).batches(ROUNDS_OF_BATCHES * options.batches(), options.batch());
    }

    /** Adds work that takes one in {@code share} of the batches of a round, more than one where it is slow. */
    SideBySide add(String name, int share, long[][] batches, BatchWork work) {
        int count = Math.max(1, options.batches() / share);
        idsInARound.put(name, count * options.batch());
        int[] next = {0};
        rounds.add(name, () -> {
            long[][] taken = new long[count][];
            Arrays.setAll(taken, i -> batches[next[0]++ % batches.length]);
            long start = System.nanoTime();
            work.run(taken, out);
            return (System.nanoTime() - start) / 1e6;
        });
        return this;
    }

    /** Makes sure that all give the rows that the first one gives. */
    void compare(List<RowHolder> holders, long[] ids) {
        float[] expected = gathered(holders.get(0), ids);
        for (RowHolder holder : holders) {
            if (!Arrays.equals(gathered(holder, ids), expected)) {
                throw new IllegalStateException("'%s' does not give the rows that '%s' gives."
                        .formatted(holder.name(), holders.get(0).name()));
            }
        }
    }

    private float[] gathered(RowHolder holder, long[] ids) {
        holder.gather(new long[][] {ids}, out);
        float[] rows = new float[out.capacity()];
        out.flip().get(rows);
        return rows;
    }

    void run(PrintWriter to) {
        rounds.run(WARM_UP_ROUNDS, options.rounds());
        for (String name : rounds.names()) {
            to.printf("  %-14s %,14.0f rows/s%n", name, rowsPerSecond(name));
        }
        to.flush();
    }

    /** Median; NaN for one who does not take part. */
    double rowsPerSecond(String name) {
        return idsInARound.containsKey(name) ? idsInARound.get(name) / rounds.medianMs(name) * 1e3 : Double.NaN;
    }
}
