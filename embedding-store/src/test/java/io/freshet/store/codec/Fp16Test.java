package io.freshet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Fp16Test {
    private static final int BIT_PATTERNS = 1 << 16;

    @Test
    void everyBitPatternDecodesToTheValueThatTheStandardGivesIt() {
        for (int bits = 0; bits < BIT_PATTERNS; bits++) {
            float expected = (float) valueByDefinition(bits);
            assertThat(Float.floatToIntBits(Fp16.toFloat((short) bits)))
                    .as("bit pattern %04x", bits)
                    .isEqualTo(Float.floatToIntBits(expected));
        }
    }

    @Test
    void everyFiniteBitPatternSurvivesDecodingAndEncoding() {
        for (int bits = 0; bits < BIT_PATTERNS; bits++) {
            if ((bits & 0x7c00) != 0x7c00) {
                assertThat(Fp16.fromFloat(Fp16.toFloat((short) bits)))
                        .as("bit pattern %04x", bits)
                        .isEqualTo((short) bits);
            }
        }
    }

    @Test
    void betweenTwoNeighboursTheNearerOneIsTakenAndATieGoesToTheEvenOne() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float lower = Fp16.toFloat((short) bits);
            float upper = Fp16.toFloat((short) (bits + 1));
            // Exact: the sum of two binary16 values and its half fit into a float.
            float middle = (lower + upper) / 2;
            short even = (short) (bits + (bits & 1));
            assertRoundsTo(middle, even);
            assertRoundsTo(Math.nextDown(middle), (short) bits);
            assertRoundsTo(Math.nextUp(middle), (short) (bits + 1));
        }
    }

    @Test
    void randomFloatsBecomeTheNearestValueThereIs() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            float value = (float) Math.scalb(random.nextDouble() * 2 - 1, random.nextInt(45) - 28);
            short rounded = Fp16.fromFloat(value);
            double error = Math.abs(Fp16.toFloat(rounded) - (double) value);
            assertThat(error).isLessThanOrEqualTo(Math.abs(neighbour(rounded, 1) - value));
            assertThat(error).isLessThanOrEqualTo(Math.abs(neighbour(rounded, -1) - value));
        }
    }

    @Test
    void whatIsTooLargeBecomesTheLargestFiniteValueAndIsCounted() {
        float[] in = {65504f, 65519.996f, 65520f, -65520f, 1e30f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 1f};
        byte[] bytes = new byte[2 * in.length];
        float[] out = new float[in.length];

        int saturated = Fp16.encode(in, 0, in.length, bytes, 0);

        Fp16.decode(bytes, 0, in.length, FloatBuffer.wrap(out), 0);
        assertThat(saturated).isEqualTo(5);
        assertThat(out).containsExactly(65504f, 65504f, 65504f, -65504f, 65504f, -65504f, 65504f, 1f);
    }

    @Test
    void nanStaysNanAndIsNotCountedAsSaturated() {
        byte[] bytes = new byte[2];
        assertThat(Fp16.encode(new float[] {Float.NaN}, 0, 1, bytes, 0)).isZero();
        assertThat(Fp16.toFloat((short) (bytes[0] & 0xff | bytes[1] << 8))).isNaN();
    }

    @Test
    void bytesAreLittleEndianAndOffsetsAreKept() {
        byte[] bytes = {9, 9, 9, 9, 9, 9};
        Fp16.encode(new float[] {7f, 1f, -2f, 7f}, 1, 2, bytes, 1);
        // 1 = 3c00, -2 = c000.
        assertThat(bytes).containsExactly(9, 0x00, 0x3c, 0x00, (byte) 0xc0, 9);

        float[] out = {5f, 5f, 5f, 5f};
        Fp16.decode(bytes, 1, 2, FloatBuffer.wrap(out), 1);
        assertThat(out).containsExactly(5f, 1f, -2f, 5f);
    }

    private static void assertRoundsTo(float value, short bits) {
        assertThat(Fp16.fromFloat(value)).as("%a", value).isEqualTo(bits);
        assertThat(Fp16.fromFloat(-value)).as("%a", -value).isEqualTo((short) (bits | 0x8000));
    }

    /** The value {@code steps} bit patterns further from zero; the next one past the largest is as good as infinite. */
    private static double neighbour(short bits, int steps) {
        int magnitude = Math.max(0, (bits & 0x7fff) + steps);
        return magnitude > 0x7bff ? Double.POSITIVE_INFINITY : valueByDefinition(bits & 0x8000 | magnitude);
    }

    private static double valueByDefinition(int bits) {
        int exponent = bits >> 10 & 0x1f;
        double fraction = (bits & 0x3ff) / 1024.0;
        double sign = bits >> 15 == 0 ? 1 : -1;
        if (exponent == 0x1f) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return sign * (exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15));
    }
}
