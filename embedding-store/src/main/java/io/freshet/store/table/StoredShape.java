package io.freshet.store.table;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import io.freshet.store.optimizer.RowOptimizer;
import io.freshet.store.optimizer.RowShape;
import java.nio.ByteBuffer;

/**
 * What a stored row says of itself.
 *
 * @param optimizer that wrote its state
 * @param floatsAt bytes before its weights
 */
record StoredShape(Type optimizer, RowShape weights, int stateFloats, int floatsAt) {
    /** First byte of every row written today. */
    static final byte VERSION = 2;

    static final byte VERSION_1 = 1;

    /** Bytes before the weights of a row written today. */
    static final int HEADER_BYTES = 20;

    private static final int HEADER_BYTES_1 = 13;
    private static final int WIDE = 1;

    /** What the rows of a table are today. */
    static StoredShape of(TableSpec table) {
        return new StoredShape(
                table.optimizer().type(), table.shape(), table.layout().stateFloats(), HEADER_BYTES);
    }

    /**
     * Reads what a value says.
     *
     * @param value from position to limit, little-endian; the position stays
     * @throws IllegalStateException when it is no row that this program can read
     */
    static StoredShape of(TableSpec table, long id, ByteBuffer value) {
        int version = value.hasRemaining() ? Byte.toUnsignedInt(value.get(value.position())) : VERSION;
        return switch (version) {
            case VERSION_1 -> ofVersion1(table, id, value);
            case VERSION -> ofVersion2(table, id, value);
            default ->
                throw new IllegalStateException(
                        ("Table '%s', id %d: the stored row is of format version %d, and this program reads versions 1 to "
                                        + "%d. Run the program that wrote it, or a newer one.")
                                .formatted(table.name(), id, version, VERSION));
        };
    }

    /** Adagrad was the only optimizer then, and a row did not say whether it had a bias. */
    private static StoredShape ofVersion1(TableSpec table, long id, ByteBuffer value) {
        int floatBytes = value.remaining() - HEADER_BYTES_1;
        int width = floatBytes / (2 * Float.BYTES);
        if (floatBytes <= 0 || floatBytes % (2 * Float.BYTES) != 0) {
            throw damaged(table, id, value, "a header of 13 bytes and an even number of floats");
        }
        if (width != table.width()) {
            throw new IllegalStateException(
                    ("Table '%s', id %d: the stored row has %d weights, but a row of this table has %d. It is of format "
                                    + "version 1, which does not say whether the last weight is a bias, so it cannot be "
                                    + "migrated: set dimension and ranker.wide back in the pipeline file, or give the "
                                    + "table a new name, or start without this checkpoint.")
                            .formatted(table.name(), id, width, table.width()));
        }
        return new StoredShape(Type.ADAGRAD, table.shape(), width, HEADER_BYTES_1);
    }

    private static StoredShape ofVersion2(TableSpec table, long id, ByteBuffer value) {
        if (value.remaining() < HEADER_BYTES) {
            throw damaged(table, id, value, "a header of 20 bytes at least");
        }
        int at = value.position();
        int flags = Short.toUnsignedInt(value.getShort(at + 2));
        int width = Short.toUnsignedInt(value.getShort(at + 4));
        int stateFloats = Short.toUnsignedInt(value.getShort(at + 6));
        Type optimizer = optimizer(value.get(at + 1));
        if (optimizer == null || flags > WIDE) {
            throw new IllegalStateException(
                    ("Table '%s', id %d: the stored row was written by optimizer %d with flags %d, which this program "
                                    + "does not know. Run the program that wrote it, or a newer one.")
                            .formatted(table.name(), id, value.get(at + 1), flags));
        }
        int length = HEADER_BYTES + (width + stateFloats) * Float.BYTES;
        if (width <= flags || value.remaining() != length) {
            throw damaged(table, id, value, "%d bytes with %d weights".formatted(length, width));
        }
        RowShape weights = new RowShape(width - flags, flags == WIDE);
        int expected =
                RowOptimizer.of(RowOptimizerConfig.of(optimizer), weights).stateFloats();
        if (stateFloats != expected) {
            throw damaged(
                    table, id, value, "%d floats of %s state, not %d".formatted(expected, optimizer, stateFloats));
        }
        return new StoredShape(optimizer, weights, stateFloats, HEADER_BYTES);
    }

    private static IllegalStateException damaged(TableSpec table, long id, ByteBuffer value, String expected) {
        return new IllegalStateException(
                ("Table '%s', id %d: the stored row has %d bytes, but from its beginning it should have %s. It is damaged: "
                                + "start from another checkpoint.")
                        .formatted(table.name(), id, value.remaining(), expected));
    }

    /** The first 8 bytes of such a row, read as a little-endian number: u8 version, u8 optimizer, u16 flags, and sizes. */
    long head() {
        return VERSION
                | (long) code(optimizer) << 8
                | (weights.wide() ? WIDE : 0) << 16
                | (long) weights.width() << 32
                | (long) stateFloats << 48;
    }

    /** Copies floats of a value, which is little-endian, from so many bytes behind its position on. */
    static void floats(ByteBuffer value, int byteAt, float[] out, int at, int count) {
        int from = value.position() + byteAt;
        value.slice(from, value.limit() - from)
                .order(value.order())
                .asFloatBuffer()
                .get(out, at, count);
    }

    /** What the row is, whatever its format. */
    RowKind kind() {
        return new RowKind(weights, optimizer);
    }

    private static int code(Type optimizer) {
        return switch (optimizer) {
            case SGD -> 1;
            case ADAGRAD -> 2;
            case ROWWISE_ADAGRAD -> 3;
            case ADAM -> 4;
            case FTRL -> 5;
        };
    }

    /** Null for a code that a newer program wrote. */
    private static Type optimizer(int code) {
        for (Type type : Type.values()) {
            if (code(type) == code) {
                return type;
            }
        }
        return null;
    }
}
