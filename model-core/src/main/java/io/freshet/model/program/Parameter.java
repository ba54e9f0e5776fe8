package io.freshet.model.program;

/**
 * A named slice of the flat weight vector.
 *
 * @param offset place of its first number in the vector; the rest follows in row-major order
 */
public record Parameter(String name, Shape shape, int offset, Initial initial) {
    /** How many numbers. */
    public int size() {
        return shape.elements();
    }

    /** What a parameter starts as. */
    public sealed interface Initial {
        /** All the same number. */
        record Constant(float value) implements Initial {
            @Override
            public double range() {
                return 0;
            }
        }

        /** Numbers from elsewhere, row-major. */
        record Given(float[] values) implements Initial {
            @Override
            public double range() {
                return 0;
            }
        }

        /** Xavier uniform: within +- scale * sqrt(6 / (in + out)) of each single matrix. */
        record Xavier(double scale, int in, int out) implements Initial {
            @Override
            public double range() {
                return scale * Math.sqrt(6.0 / (in + out));
            }
        }

        /** Uniform, with this standard deviation. */
        record Uniform(double deviation) implements Initial {
            @Override
            public double range() {
                return deviation * Math.sqrt(3);
            }
        }

        /** How far from their middle its numbers reach. */
        double range();
    }
}
