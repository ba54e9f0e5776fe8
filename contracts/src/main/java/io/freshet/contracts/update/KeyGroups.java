package io.freshet.contracts.update;

/**
 * Which key group owns a row. Gradients are routed by it, shards own ranges of it, and rows are published by it, so it
 * must never change for a (table, id, maxParallelism).
 *
 * <p>Threads: no state, any thread.
 */
public final class KeyGroups {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private KeyGroups() {}

    /**
     * The key group of a row, in [0, maxParallelism).
     *
     * @param maxParallelism number of key groups, from 1 on
     */
    public static int of(String table, long id, int maxParallelism) {
        // The hash of a String is specified by Java, and a String computes it once.
        long mixed = mix(mix(table.hashCode() * GOLDEN_GAMMA) ^ id);
        return (int) ((mixed >>> 32) * maxParallelism >>> 32);
    }

    /** SplitMix64's finaliser: every input bit moves every output bit. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
