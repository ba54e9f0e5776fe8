package io.freshet.store.codec;

import java.nio.FloatBuffer;

/**
 * IEEE 754 binary16, little-endian: what rows are published in. Java has conversions of its own from 20 on.
 *
 * <p>Encoding rounds to nearest, ties to even. What is too large for binary16, infinities included, becomes the largest
 * finite value, +-65504, and is counted: an infinity in a served row would turn every score it meets into NaN. A NaN
 * stays a NaN. Decoding is exact.
 *
 * <p>Threads: no state, any thread.
 */
public final class Fp16 {
    /** Bytes of one value. */
    public static final int BYTES = 2;

    /** Largest finite value. */
    public static final float MAX = 65504f;

    private static final int SIGN = 0x8000;
    private static final int EXPONENT = 0x7c00;
    private static final int MANTISSA = 0x03ff;
    private static final int MAX_BITS = 0x7bff;
    private static final int NAN_BITS = 0x7e00;

    /** The first float that rounds to 65536, which binary16 lacks: half way between it and 65504. */
    private static final float OVERFLOW = 65520f;

    /** 2^-14, the smallest normal value. */
    private static final float MIN_NORMAL = 0x1p-14f;

    private Fp16() {}

    /**
     * Encodes {@code count} floats.
     *
     * @param out gets {@code 2 * count} bytes from {@code outAt} on
     * @return how many of them were too large and became +-65504
     */
    public static int encode(float[] in, int from, int count, byte[] out, int outAt) {
        int saturated = 0;
        for (int i = 0; i < count; i++) {
            float value = in[from + i];
            if (Math.abs(value) >= OVERFLOW) {
                saturated++;
            }
            short bits = fromFloat(value);
            out[outAt + 2 * i] = (byte) bits;
            out[outAt + 2 * i + 1] = (byte) (bits >> 8);
        }
        return saturated;
    }

    /**
     * Decodes {@code count} values.
     *
     * @param in holds {@code 2 * count} bytes from {@code from} on
     * @param out gets them from {@code at} on; the position stays
     */
    public static void decode(byte[] in, int from, int count, FloatBuffer out, int at) {
        for (int i = 0; i < count; i++) {
            out.put(at + i, toFloat((short) ((in[from + 2 * i] & 0xff) | in[from + 2 * i + 1] << 8)));
        }
    }

    /** The nearest binary16 value, saturated; see the class comment. */
    public static short fromFloat(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & SIGN;
        float magnitude = Math.abs(value);
        if (magnitude != magnitude) {
            return (short) (sign | NAN_BITS);
        }
        if (magnitude >= OVERFLOW) {
            return (short) (sign | MAX_BITS);
        }
        if (magnitude < MIN_NORMAL) {
            // The spacing of floats in [0.5, 1) is 2^-24, which is that of binary16's subnormals: the addition rounds.
            return (short) (sign | Float.floatToRawIntBits(magnitude + 0.5f) - Float.floatToRawIntBits(0.5f));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rebiased = bits - (127 - 15 << 23);
        // Half of the last kept bit, less one when that bit is 0, so that a tie goes to even. A carry into the exponent
        // is right: it is the next power of two.
        int rounded = rebiased + 0xfff + (rebiased >>> 13 & 1);
        return (short) (sign | rounded >>> 13);
    }

    /** The value of a binary16 bit pattern, exactly. */
    public static float toFloat(short half) {
        int sign = (half & SIGN) << 16;
        int magnitude = half & (EXPONENT | MANTISSA);
        if (magnitude >= EXPONENT) {
            return Float.intBitsToFloat(sign | 0x7f800000 | magnitude << 13);
        }
        if (magnitude <= MANTISSA) {
            float subnormal = magnitude * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        return Float.intBitsToFloat(sign | (magnitude << 13) + (127 - 15 << 23));
    }
}
