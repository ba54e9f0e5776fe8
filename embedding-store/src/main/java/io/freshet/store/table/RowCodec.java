package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The bytes of a table's stored rows, as the package's comment lays them out.
 *
 * <p>Threads: immutable, any thread.
 */
public final class RowCodec {
    private final RowLayout layout;

    /** The first 8 bytes of every row that is written. */
    private final long head;

    private final RowMigration migration;

    /** For the rows of a table. */
    public RowCodec(TableSpec table) {
        layout = table.layout();
        head = StoredShape.of(table).head();
        migration = new RowMigration(table);
    }

    /** Bytes of a row that is written. */
    public int bytes() {
        return StoredShape.HEADER_BYTES + layout.floats() * Float.BYTES;
    }

    /**
     * Reads a row, as {@link #read} does.
     *
     * @param value from position to limit; the position stays
     */
    public StoredRow decode(long id, ByteBuffer value) {
        float[] floats = new float[layout.floats()];
        read(id, value, floats, 0);
        return new StoredRow(
                lastUpdateMs(value),
                Integer.toUnsignedLong(touches(value)),
                Arrays.copyOf(floats, layout.width()),
                Arrays.copyOfRange(floats, layout.width(), floats.length));
    }

    /**
     * Writes a row; the result's position is 0, its limit the length.
     *
     * @throws IllegalArgumentException when the row is not of the table's sizes
     */
    public ByteBuffer encode(StoredRow row) {
        RowLayout found = new RowLayout(row.weights().length, row.optimizerState().length);
        if (!found.equals(layout)) {
            throw new IllegalArgumentException(
                    "A row of %s cannot be stored in a table of %s.".formatted(found, layout));
        }
        ByteBuffer out = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(head).putLong(row.lastUpdateMs()).putInt((int) row.touches());
        out.asFloatBuffer().put(row.weights()).put(row.optimizerState());
        return out.rewind();
    }

    /** Writes a hot row from the position of {@code out} on, which moves behind it. */
    void put(HotTable hot, int slot, ByteBuffer out) {
        out.putLong(head).putLong(hot.lastUpdate(slot)).putInt(hot.touches(slot));
        FloatBuffer floats = out.asFloatBuffer();
        floats.put(0, hot.floatsOf(slot), hot.floatAt(slot), layout.floats());
        out.position(out.position() + layout.floats() * Float.BYTES);
    }

    /**
     * Reads weights, then optimizer state, fitted to the table where its migrations allow it.
     *
     * @param value from position to limit; its order becomes little-endian
     * @param out gets them from {@code at} on
     * @throws IllegalStateException when the bytes are not a row of this table, naming table, id, found and expected
     */
    void read(long id, ByteBuffer value, float[] out, int at) {
        value.order(ByteOrder.LITTLE_ENDIAN);
        if (value.remaining() == bytes() && value.getLong(value.position()) == head) {
            StoredShape.floats(value, StoredShape.HEADER_BYTES, out, at, layout.floats());
        } else {
            migration.read(id, value, out, at);
        }
    }

    /** When the row was last updated; of a value that {@link #read} let pass. */
    static long lastUpdateMs(ByteBuffer value) {
        return value.order(ByteOrder.LITTLE_ENDIAN).getLong(stampAt(value));
    }

    /** Touches, unsigned; of a value that {@link #read} let pass. */
    static int touches(ByteBuffer value) {
        return value.order(ByteOrder.LITTLE_ENDIAN).getInt(stampAt(value) + Long.BYTES);
    }

    private static int stampAt(ByteBuffer value) {
        return value.position() + (value.get(value.position()) == StoredShape.VERSION_1 ? 1 : Long.BYTES);
    }
}
