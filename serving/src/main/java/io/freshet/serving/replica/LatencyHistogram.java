package io.freshet.serving.replica;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts latencies in milliseconds, in bins that are exact below 128 ms and at most 1.6% wide above.
 *
 * <p>Threads: any; a quantile taken while others record is of some moment in between.
 */
public final class LatencyHistogram {
    private static final int EXACT_BITS = 7;
    private static final int EXACT = 1 << EXACT_BITS;
    private static final int HALF = EXACT / 2;

    private final AtomicLongArray bins = new AtomicLongArray(EXACT + HALF * (Long.SIZE - 1 - EXACT_BITS));

    /** Counts {@code weight} latencies of {@code millis}; one below 0, from a clock that runs behind, counts as 0. */
    public void record(long millis, long weight) {
        bins.addAndGet(bin(Math.max(0, millis)), weight);
    }

    /** How many were counted. */
    public long count() {
        long sum = 0;
        for (int i = 0; i < bins.length(); i++) {
            sum += bins.get(i);
        }
        return sum;
    }

    /** The smallest latency that {@code share} of the counted ones do not exceed, as the upper end of its bin; NaN if none. */
    public double quantile(double share) {
        long count = count();
        if (count == 0) {
            return Double.NaN;
        }
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < bins.length(); i++) {
            seen += bins.get(i);
            if (seen >= rank) {
                return upperEnd(i);
            }
        }
        return upperEnd(bins.length() - 1);
    }

    /** Values of one power of two share HALF bins. */
    private static int bin(long value) {
        if (value < EXACT) {
            return (int) value;
        }
        int shift = Long.SIZE - Long.numberOfLeadingZeros(value) - EXACT_BITS;
        return EXACT + (shift - 1) * HALF + (int) (value >>> shift) - HALF;
    }

    private static long upperEnd(int bin) {
        if (bin < EXACT) {
            return bin;
        }
        int shift = (bin - EXACT) / HALF + 1;
        long top = HALF + (bin - EXACT) % HALF;
        return (top + 1 << shift) - 1;
    }
}
