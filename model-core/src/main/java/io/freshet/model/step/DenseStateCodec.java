package io.freshet.model.step;

import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link DenseState} as bytes, big-endian; text is u8 length | ASCII.
 *
 * <pre>
 *   version 2   u8 2 | text fingerprint | i64 steps | i64 skipped | text optimizer | i64 updates | u8 v | i32 w | i32 n | i32 t
 *               | f32[w] weights | v times f32[n] of the optimizer | f64[t] positives | f64[t] negatives
 *   version 1   u8 1 | text fingerprint | i64 steps | i32 w | i32 n | i32 t
 *               | f32[w] weights | f32[n] Adagrad's sums | f64[t] positives | f64[t] negatives
 * </pre>
 */
final class DenseStateCodec {
    private static final byte VERSION = 2;

    private DenseStateCodec() {}

    static byte[] encode(DenseState state) {
        List<float[]> vectors = state.optimizer().vectors();
        String type = OptimizerState.word(state.optimizer().type());
        int size = 4 + state.fingerprint().length() + type.length() + 3 * Long.BYTES + 3 * Integer.BYTES;
        size += Float.BYTES * (state.weights().length + vectors.size() * vectors.get(0).length);
        size += 2 * Double.BYTES * state.positives().length;
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION);
        putText(out, state.fingerprint());
        out.putLong(state.steps()).putLong(state.skipped());
        putText(out, type);
        out.putLong(state.optimizer().updates()).put((byte) vectors.size());
        out.putInt(state.weights().length).putInt(vectors.get(0).length).putInt(state.positives().length);
        putFloats(out, state.weights());
        vectors.forEach(vector -> putFloats(out, vector));
        for (double[] doubles : new double[][] {state.positives(), state.negatives()}) {
            out.asDoubleBuffer().put(doubles);
            out.position(out.position() + doubles.length * Double.BYTES);
        }
        return out.array();
    }

    static DenseState decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int version = in.get();
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException(
                    ("Dense state is of version %d, but this build reads versions 1 to %d only."
                                    + " Restore it with the build that wrote it, or a newer one.")
                            .formatted(version, VERSION));
        }
        String fingerprint = text(in);
        long steps = in.getLong();
        long skipped = version == 1 ? 0 : in.getLong();
        Type type = version == 1 ? Type.ADAGRAD : type(text(in));
        long updates = version == 1 ? steps : in.getLong();
        int count = version == 1 ? 1 : in.get();
        float[] weights = new float[in.getInt()];
        List<float[]> vectors = new ArrayList<>();
        int learnt = in.getInt();
        double[] positives = new double[in.getInt()];
        double[] negatives = new double[positives.length];
        requireRemaining(in, Float.BYTES * (weights.length + count * learnt) + 2 * Double.BYTES * positives.length);
        takeFloats(in, weights);
        for (int i = 0; i < count; i++) {
            vectors.add(takeFloats(in, new float[learnt]));
        }
        for (double[] doubles : new double[][] {positives, negatives}) {
            in.asDoubleBuffer().get(doubles);
            in.position(in.position() + doubles.length * Double.BYTES);
        }
        OptimizerState optimizer = new OptimizerState(type, updates, List.copyOf(vectors));
        return new DenseState(fingerprint, steps, skipped, weights, optimizer, positives, negatives);
    }

    private static void requireRemaining(ByteBuffer in, int expected) {
        if (in.remaining() != expected) {
            throw new IllegalArgumentException("Dense state should have %d more bytes after its header, but has %d."
                    .formatted(expected, in.remaining()));
        }
    }

    static Type type(String word) {
        return Arrays.stream(Type.values())
                .filter(each -> OptimizerState.word(each).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        ("Dense state is of the optimizer '%s', which this build does not know."
                                        + " Restore it with the build that wrote it, or a newer one.")
                                .formatted(word)));
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        out.put((byte) ascii.length).put(ascii);
    }

    private static String text(ByteBuffer in) {
        byte[] ascii = new byte[in.get()];
        in.get(ascii);
        return new String(ascii, StandardCharsets.US_ASCII);
    }

    private static void putFloats(ByteBuffer out, float[] floats) {
        out.asFloatBuffer().put(floats);
        out.position(out.position() + floats.length * Float.BYTES);
    }

    private static float[] takeFloats(ByteBuffer in, float[] floats) {
        in.asFloatBuffer().get(floats);
        in.position(in.position() + floats.length * Float.BYTES);
        return floats;
    }
}
