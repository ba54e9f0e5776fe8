package io.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How far bfloat16 may lead away from exact numbers. It has 8 bits, so rounding moves a number by up to 2^-8 of itself.
 * What that does to a result depends on how much is cancelled on the way, so it is measured: the exact computation is
 * repeated with everything that goes into it moved by a random share of up to 2^-8. The same computation in bfloat16, which
 * rounds a dozen times on the way, may be off by a few times as much, or by the rounding of the result, and no more: a
 * factor that is wrong by a tenth is found wherever sums do not cancel by more than that.
 */
public final class Rounding {
    private static final double HALF_UNIT = 0x1p-8;
    /** In units of what moving the inputs does; up to 2 were seen. */
    private static final double ALLOWED = 5;

    private final SplittableRandom random;

    /** Moves by a seed. */
    public Rounding(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Moves numbers as rounding would. */
    public void move(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor();
        }
    }

    /** Likewise. */
    public void move(FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            values.put(i, (float) (values.get(i) * factor()));
        }
    }

    private double factor() {
        return 1 + HALF_UNIT * random.nextDouble(-1, 1);
    }

    /** Fails where numbers are further from the exact ones than rounding explains, by their length as a vector. */
    public void assertWithin(String what, double[] actual, double[] exact, List<double[]> moved) {
        double squares = 0;
        for (double[] each : moved) {
            squares += squaredDistance(each, exact);
        }
        double usual = Math.sqrt(squares / moved.size());
        double error = Math.sqrt(squaredDistance(actual, exact));
        double ofResult = HALF_UNIT * Math.sqrt(squaredDistance(exact, new double[exact.length]));
        assertThat(error).as(what).isLessThanOrEqualTo(Math.max(ALLOWED * usual, ofResult));
    }

    private static double squaredDistance(double[] a, double[] b) {
        assertThat(a).hasSameSizeAs(b);
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return squares;
    }

    /** The same numbers. */
    public static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
