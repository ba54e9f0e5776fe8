package io.freshet.model.step;

import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.ranker.ModelPlan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * All that a trainer has besides rows: a step that is given it back goes on with the same bits.
 *
 * @param fingerprint of the plan that it belongs to
 * @param steps training steps behind it
 * @param weights the dense vector, priors included; what a server is sent
 * @param accumulator Adagrad's sum of squared gradients, one per weight that is learnt by gradient
 * @param positives [tasks] weighted count of positive examples
 * @param negatives [tasks] weighted count of the others
 */
public record DenseState(
        String fingerprint, long steps, float[] weights, float[] accumulator, double[] positives, double[] negatives) {
    private static final byte VERSION = 1;

    /** An untrained ranker. */
    public static DenseState initial(ModelPlan plan, TrainingConfig config) {
        float[] accumulator = new float[plan.priorOffset()];
        Arrays.fill(accumulator, (float) config.optimizer().initialAccumulator());
        int tasks = plan.tasks().size();
        return new DenseState(
                plan.fingerprint(),
                0,
                plan.initialDense(config.seed()),
                accumulator,
                new double[tasks],
                new double[tasks]);
    }

    /**
     * Bytes for a checkpoint, big-endian: u8 version = 1 | u8 length of the fingerprint | fingerprint, ASCII
     * | i64 steps | i32 weights | i32 accumulators | i32 tasks | f32 weights | f32 accumulators
     * | f64 positives | f64 negatives.
     */
    public byte[] toBytes() {
        byte[] name = fingerprint.getBytes(StandardCharsets.US_ASCII);
        int size = 2 + name.length + Long.BYTES + 3 * Integer.BYTES;
        size += Float.BYTES * (weights.length + accumulator.length);
        size += Double.BYTES * (positives.length + negatives.length);
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION).put((byte) name.length).put(name).putLong(steps);
        out.putInt(weights.length).putInt(accumulator.length).putInt(positives.length);
        for (float[] floats : new float[][] {weights, accumulator}) {
            out.asFloatBuffer().put(floats);
            out.position(out.position() + floats.length * Float.BYTES);
        }
        for (double[] doubles : new double[][] {positives, negatives}) {
            out.asDoubleBuffer().put(doubles);
            out.position(out.position() + doubles.length * Double.BYTES);
        }
        return out.array();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException for bytes of a newer version, or cut or trailing ones
     */
    public static DenseState fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.get() != VERSION) {
            throw new IllegalArgumentException(
                    "Dense state is of version %d, but this build reads version %d only.".formatted(bytes[0], VERSION));
        }
        byte[] name = new byte[in.get()];
        in.get(name);
        long steps = in.getLong();
        float[] weights = new float[in.getInt()];
        float[] accumulator = new float[in.getInt()];
        double[] positives = new double[in.getInt()];
        double[] negatives = new double[positives.length];
        int expected = Float.BYTES * (weights.length + accumulator.length) + 2 * Double.BYTES * positives.length;
        if (in.remaining() != expected) {
            throw new IllegalArgumentException("Dense state should have %d more bytes after its header, but has %d."
                    .formatted(expected, in.remaining()));
        }
        for (float[] floats : new float[][] {weights, accumulator}) {
            in.asFloatBuffer().get(floats);
            in.position(in.position() + floats.length * Float.BYTES);
        }
        for (double[] doubles : new double[][] {positives, negatives}) {
            in.asDoubleBuffer().get(doubles);
            in.position(in.position() + doubles.length * Double.BYTES);
        }
        String fingerprint = new String(name, StandardCharsets.US_ASCII);
        return new DenseState(fingerprint, steps, weights, accumulator, positives, negatives);
    }
}
