package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The value that RocksDB holds for a row, see {@link RocksRows}: how its bytes are framed. */
final class StoredValue {
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private StoredValue() {}

    /** Length of the value of a row that has so many bytes. */
    static int bytes(int rowBytes) {
        return HEADER_BYTES + rowBytes;
    }

    /** Frames the next {@code rowBytes} of {@code rows} in {@code out}, which is cleared first and then flipped. */
    static void put(ByteBuffer rows, int rowBytes, ByteBuffer out) {
        out.clear();
        out.put((byte) 0).putInt(rowBytes);
        out.put(HEADER_BYTES, rows, rows.position(), rowBytes);
        rows.position(rows.position() + rowBytes);
        out.position(HEADER_BYTES + rowBytes).flip();
    }

    /** The row's bytes of a value. */
    static ByteBuffer row(byte[] value) {
        return row(ByteBuffer.wrap(value));
    }

    /** Moves the position of a value, from 0 to its limit, to where the row's bytes begin. */
    static ByteBuffer row(ByteBuffer value) {
        value.order(ByteOrder.BIG_ENDIAN); // Whoever saw the buffer before may have changed it.
        if (value.limit() < HEADER_BYTES || value.get(0) != 0 || value.getInt(1) != value.limit() - HEADER_BYTES) {
            throw new IllegalStateException(
                    "A stored value of %d bytes is no row: it does not begin with a zero byte and the length of the rest."
                            .formatted(value.limit()));
        }
        return value.position(HEADER_BYTES);
    }
}
