package io.freshet.store.codec;

import io.freshet.contracts.pipeline.PublishConfig.RowPrecision;
import io.freshet.contracts.update.proto.Precision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * The ways in which the weights of a row are published: an embedding, and a bias behind it if the ranker is wide.
 *
 * <p>Threads: no state, any thread.
 */
public enum RowEncoding {
    /** The floats as they are, little-endian. */
    FP32(Precision.FP32) {
        @Override
        public int bytes(int dimension, boolean bias) {
            return Float.BYTES * (dimension + (bias ? 1 : 0));
        }

        @Override
        public int encode(float[] weights, int dimension, byte[] out) {
            ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(weights);
            return 0;
        }

        @Override
        public void decode(byte[] in, int dimension, boolean bias, FloatBuffer out, int at) {
            FloatBuffer floats =
                    ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            out.put(at, floats, 0, dimension + (bias ? 1 : 0));
        }
    },
    /** As {@link Fp16}. */
    FP16(Precision.FP16) {
        @Override
        public int bytes(int dimension, boolean bias) {
            return Fp16.BYTES * (dimension + (bias ? 1 : 0));
        }

        @Override
        public int encode(float[] weights, int dimension, byte[] out) {
            return Fp16.encode(weights, 0, weights.length, out, 0);
        }

        @Override
        public void decode(byte[] in, int dimension, boolean bias, FloatBuffer out, int at) {
            Fp16.decode(in, 0, dimension + (bias ? 1 : 0), out, at);
        }
    },
    /** As {@link Int8Row}. */
    INT8(Precision.INT8) {
        @Override
        public int bytes(int dimension, boolean bias) {
            return Int8Row.bytes(dimension, bias);
        }

        @Override
        public int encode(float[] weights, int dimension, byte[] out) {
            return Int8Row.encode(weights, dimension, out);
        }

        @Override
        public void decode(byte[] in, int dimension, boolean bias, FloatBuffer out, int at) {
            Int8Row.decode(in, dimension, bias, out, at);
        }
    };

    private final Precision precision;

    RowEncoding(Precision precision) {
        this.precision = precision;
    }

    /** What a pipeline file asks for. */
    public static RowEncoding of(RowPrecision precision) {
        return switch (precision) {
            case FP32 -> FP32;
            case FP16 -> FP16;
            case INT8 -> INT8;
        };
    }

    /** What a published row says of itself; empty when this program is too old to know it. */
    public static Optional<RowEncoding> of(Precision precision) {
        return switch (precision) {
            case FP32 -> Optional.of(FP32);
            case FP16 -> Optional.of(FP16);
            case INT8 -> Optional.of(INT8);
            case PRECISION_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    /** How a published row names it. */
    public Precision precision() {
        return precision;
    }

    /** Bytes of a row. */
    public abstract int bytes(int dimension, boolean bias);

    /**
     * Encodes a row.
     *
     * @param weights [dimension], and the bias behind them if there is one
     * @param out [bytes]
     * @return how many weights were too large and were cut to the largest that there is
     */
    public abstract int encode(float[] weights, int dimension, byte[] out);

    /**
     * Decodes a row.
     *
     * @param in [bytes]
     * @param out gets the weights, and the bias behind them if there is one, from {@code at} on; the position stays
     */
    public abstract void decode(byte[] in, int dimension, boolean bias, FloatBuffer out, int at);
}
