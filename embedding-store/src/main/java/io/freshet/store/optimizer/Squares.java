package io.freshet.store.optimizer;

/** Sums of squares. */
final class Squares {
    private Squares() {}

    /**
     * The sum of {@code count} squares in single precision: four sums, of every fourth value each, are added up as {@code
     * (s0 + s1) + (s2 + s3)}; the values behind the last whole four are added to the first.
     */
    static float sum(float[] values, int at, int count) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = at;
        for (int end = at + (count & -4); i < end; i += 4) {
            s0 += values[i] * values[i];
            s1 += values[i + 1] * values[i + 1];
            s2 += values[i + 2] * values[i + 2];
            s3 += values[i + 3] * values[i + 3];
        }
        for (int end = at + count; i < end; i++) {
            s0 += values[i] * values[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
