package io.freshet.store.hash;

/**
 * SplitMix64's finaliser (Steele, Lea, Flood 2014; Stafford's variant 13). Initial values are made with it, so it must
 * never change.
 */
public final class Mix64 {
    /** The odd number nearest to 2^64 over the golden ratio: what a counter is advanced by before it is mixed. */
    public static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private Mix64() {}

    /** A bijection of 64-bit numbers in which every bit of the input moves every bit of the output; 0 stays 0. */
    public static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
