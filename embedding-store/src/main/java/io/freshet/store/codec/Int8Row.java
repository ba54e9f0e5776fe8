package io.freshet.store.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A row in a byte per weight, as FBGEMM's rowwise 8-bit embeddings: the weights of the embedding lie on 256 even steps
 * between its smallest and its largest. A bias is of another size than they, and would coarsen them all: it stays a
 * float.
 *
 * <pre>
 *   f32    scale: width of a step
 *   f32    offset: the smallest weight
 *   u8[d]  q, the weight being offset + scale * q
 *   f32    bias, if the row has one
 * </pre>
 *
 * <p>Little-endian. The nearest step is found in double, ties to even, so a weight is off by at most half a step and the
 * rounding of the float that comes out. A row of equal weights comes back as it was. Larger weights than 2^126,
 * infinities included, are cut to that and counted, so that no step is infinite; a NaN makes the whole embedding NaN, as
 * a row that must be noticed.
 *
 * <p>Threads: no state, any thread.
 */
public final class Int8Row {
    /** Largest weight. */
    public static final float MAX = 0x1p126f;

    private static final int HEADER_BYTES = 2 * Float.BYTES;
    private static final int STEPS = 255;
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private Int8Row() {}

    /** Bytes of a row. */
    public static int bytes(int dimension, boolean bias) {
        return HEADER_BYTES + dimension + (bias ? Float.BYTES : 0);
    }

    /**
     * Encodes a row.
     *
     * @param weights [dimension], and the bias behind them if there is one
     * @param out [{@link #bytes}]
     * @return how many weights were too large
     */
    public static int encode(float[] weights, int dimension, byte[] out) {
        int cut = 0;
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < dimension; i++) {
            cut += Math.abs(weights[i]) > MAX ? 1 : 0;
            least = Math.min(least, weights[i]); // Keeps a NaN.
            most = Math.max(most, weights[i]);
        }
        float offset = bounded(least);
        float scale = (float) (((double) bounded(most) - offset) / STEPS);
        FLOAT.set(out, 0, scale);
        FLOAT.set(out, Float.BYTES, offset);
        for (int i = 0; i < dimension; i++) {
            // A scale of 0 is a row of equal weights, or one whose steps no float can tell apart.
            double step = scale == 0 ? 0 : Math.rint(((double) bounded(weights[i]) - offset) / scale);
            out[HEADER_BYTES + i] = (byte) Math.min(STEPS, (int) step);
        }
        if (weights.length > dimension) {
            FLOAT.set(out, HEADER_BYTES + dimension, weights[dimension]);
        }
        return cut;
    }

    /**
     * Decodes a row.
     *
     * @param in [{@link #bytes}]
     * @param out gets the weights, and the bias if there is one, from {@code at} on; the position stays
     */
    public static void decode(byte[] in, int dimension, boolean bias, FloatBuffer out, int at) {
        float scale = (float) FLOAT.get(in, 0);
        float offset = (float) FLOAT.get(in, Float.BYTES);
        for (int i = 0; i < dimension; i++) {
            out.put(at + i, offset + scale * (in[HEADER_BYTES + i] & 0xff));
        }
        if (bias) {
            out.put(at + dimension, (float) FLOAT.get(in, HEADER_BYTES + dimension));
        }
    }

    private static float bounded(float weight) {
        return Math.max(-MAX, Math.min(MAX, weight));
    }
}
