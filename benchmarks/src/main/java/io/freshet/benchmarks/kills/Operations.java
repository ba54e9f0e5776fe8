package io.freshet.benchmarks.kills;

import io.freshet.store.hash.Mix64;
import io.freshet.store.table.TableSpec;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A stream of random operations on rows without an end. Which one is the n-th follows from seed and n alone, so that
 * whoever knows how many were covered can do the same ones again.
 */
final class Operations {
    private static final int IDS_MAX = 96;
    private static final int ROWS = 2000;

    private static final long START_MS = 1_700_000_000_000L;
    private static final long STEP_MS = 1000;

    /** Event time stands still for a while where the stream does, as at night: then many rows expire at once. */
    private static final long STEPS_PER_DAY = 1500;

    private static final long NIGHT_MS = 900_000;

    /** What operations are done to. */
    interface Target {
        /** An optimizer step per id; repetitions allowed, and gradients that are no numbers. */
        void apply(int table, long[] ids, float[] gradients, long eventTimeMs);

        /** A read, which changes nothing but what is hot. */
        default void gather(int table, long[] ids) {}

        /** The durable tier gets some rows. */
        default void writeBehind(int maxRows) {}

        /** Some rows are looked at, and go if they have expired. */
        default void sweep(int maxRows) {}

        /** The durable tier gets all rows. */
        default void flush() {}

        /** A version is published, and all operations up to this one, it included, are to survive. */
        void checkpoint();

        /** The newest version has arrived. */
        void committed();
    }

    private final long seed;
    private final List<TableSpec> tables;

    Operations(long seed, List<TableSpec> tables) {
        this.seed = seed;
        this.tables = tables;
    }

    /** Does the operation of a number, from 0 on. */
    void run(long number, Target target) {
        SplittableRandom random = new SplittableRandom(Mix64.mix(seed + Mix64.mix(number + 1)));
        int kind = random.nextInt(100);
        if (kind < 57) {
            apply(number, random, target);
        } else if (kind < 80) {
            target.gather(random.nextInt(tables.size()), ids(random));
        } else if (kind < 85) {
            target.sweep(1 + random.nextInt(400));
        } else if (kind < 90) {
            target.writeBehind(1 + random.nextInt(200));
        } else if (kind < 92) {
            target.flush();
        } else if (kind < 95) {
            target.committed();
        } else {
            target.checkpoint();
        }
    }

    /** Steps for rows of one table. */
    private void apply(long number, SplittableRandom random, Target target) {
        int table = random.nextInt(tables.size());
        int width = tables.get(table).width();
        long[] ids = ids(random);
        float[] gradients = new float[ids.length * width];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) (random.nextDouble() - 0.5);
        }
        if (random.nextInt(10) == 0) {
            float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, -0x1p57f};
            gradients[random.nextInt(gradients.length)] = odd[random.nextInt(odd.length)];
        }
        long late = random.nextInt(5) == 0 ? random.nextLong(100 * STEP_MS) : 0;
        target.apply(table, ids, gradients, timeMs(number) - late);
    }

    /** Event time when an operation's turn comes. */
    static long timeMs(long number) {
        return START_MS + number * STEP_MS + number / STEPS_PER_DAY * NIGHT_MS;
    }

    /** Some ids are drawn often, most seldom; 0, the smallest and the largest are among them. */
    private static long[] ids(SplittableRandom random) {
        long[] ids = new long[1 + random.nextInt(IDS_MAX)];
        for (int i = 0; i < ids.length; i++) {
            double share = random.nextDouble();
            int rank = (int) (ROWS * share * share * share);
            ids[i] = rank == 1 ? Long.MIN_VALUE : rank == 2 ? Long.MAX_VALUE : Mix64.mix(rank);
        }
        return ids;
    }
}
