package io.freshet.model.golden;

import org.assertj.core.api.Assertions;

/** Compares tensors by their largest error, relative to their largest number (or to 1, if that is larger). */
final class Close {
    private Close() {}

    static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        Assertions.assertThat(actual).as(what + ": size").hasSameSizeAs(expected);
        double scale = 1;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            double error = Math.abs(actual[i] - expected[i]);
            worst = error <= worst ? worst : error; // A NaN becomes the worst.
        }
        Assertions.assertThat(worst / scale).as(what + ": largest error").isLessThan(tolerance);
    }

    static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
        double[] doubles = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            doubles[i] = actual[i];
        }
        assertClose(what, doubles, expected, tolerance);
    }
}
