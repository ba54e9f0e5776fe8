package io.freshet.benchmarks.rows;

import io.freshet.store.hash.Mix64;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Ids as skewed as traffic is: the id of rank k, from 1 on, is drawn with a chance in proportion to 1/k, that is
 * Zipf(1.0). Drawn by rejection-inversion (Hörmann and Derflinger 1996), which needs no table.
 *
 * <p>The id of a rank is its number mixed, so that rows that are often read are not neighbours in anybody's order.
 */
final class ZipfIds {
    /** Larger than any number of rows, so that its multiples come to each of them. */
    private static final long PRIME = 2_654_435_761L;

    private static final double UPPER_FIRST = Math.log(1.5) - 1;

    /** Within this distance from its rank a draw is accepted without another look. */
    private static final double SURE = 2 - Math.exp(Math.log(2.5) - 0.5);

    private final long rows;
    private final double upperLast;
    private final SplittableRandom random;

    ZipfIds(long rows, long seed) {
        this.rows = rows;
        upperLast = Math.log(rows + 0.5);
        random = new SplittableRandom(seed);
    }

    /** The id of a rank from 1 to the number of rows. */
    static long ofRank(long rank) {
        return Mix64.mix(rank);
    }

    /**
     * The id of the row that is made as number {@code number}, from 0 on, of so many: every row once, ranks in no order,
     * so that rows that are often read do not lie side by side.
     */
    static long inOrderOfMaking(long number, long rows) {
        return ofRank(1 + number * PRIME % rows);
    }

    /** Sorts ids as the bytes of big-endian keys are compared. */
    static void sortAsUnsigned(long[] ids) {
        flipSigns(ids);
        Arrays.parallelSort(ids);
        flipSigns(ids);
    }

    private static void flipSigns(long[] ids) {
        for (int i = 0; i < ids.length; i++) {
            ids[i] ^= Long.MIN_VALUE;
        }
    }

    /** Draws batches. */
    long[][] batches(int count, int batch) {
        long[][] ids = new long[count][batch];
        for (long[] one : ids) {
            for (int i = 0; i < batch; i++) {
                one[i] = ofRank(rank());
            }
        }
        return ids;
    }

    long rank() {
        while (true) {
            double u = upperLast + random.nextDouble() * (UPPER_FIRST - upperLast);
            double x = Math.exp(u);
            long rank = Math.max(1, Math.min(rows, (long) (x + 0.5)));
            if (rank - x <= SURE || u >= Math.log(rank + 0.5) - 1.0 / rank) {
                return rank;
            }
        }
    }
}
