package io.freshet.model.ranker;

import java.nio.charset.StandardCharsets;

/** SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed, on every machine and Java version. */
final class SplitMix {
    private long state;

    SplitMix(long seed) {
        state = seed;
    }

    /** A stream of its own for each name under a seed. */
    static SplitMix of(long seed, String name) {
        long mixed = seed;
        for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
            mixed = new SplitMix(mixed ^ letter).nextLong();
        }
        return new SplitMix(mixed);
    }

    long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [-1, 1), in steps of 2^-52. */
    double nextSigned() {
        return (nextLong() >> 11) * 0x1p-52;
    }
}
