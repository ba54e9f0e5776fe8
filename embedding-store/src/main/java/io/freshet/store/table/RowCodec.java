package io.freshet.store.table;

import io.freshet.store.hot.HotTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The bytes of a stored row, as the package's comment lays them out.
 *
 * <p>Threads: no state, any thread.
 */
public final class RowCodec {
    /** First byte of every value written today. */
    public static final byte VERSION = 1;

    private RowCodec() {}

    /** Bytes of a stored row. */
    public static int bytes(RowLayout layout) {
        return 1 + layout.hotBytes();
    }

    /**
     * Reads a row.
     *
     * @param value from position to limit; the position stays
     * @throws IllegalStateException when the bytes are not a row of this table, naming table, id, found and expected
     */
    public static StoredRow decode(TableSpec table, long id, ByteBuffer value) {
        requireRow(table, id, value);
        ByteBuffer in = value.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        in.get();
        RowLayout layout = table.layout();
        return new StoredRow(
                in.getLong(),
                Integer.toUnsignedLong(in.getInt()),
                floats(in, layout.width()),
                floats(in, layout.stateFloats()));
    }

    /** Writes a row; the result's position is 0, its limit the length. */
    public static ByteBuffer encode(StoredRow row) {
        RowLayout layout = new RowLayout(row.weights().length, row.optimizerState().length);
        ByteBuffer out = ByteBuffer.allocate(bytes(layout)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION).putLong(row.lastUpdateMs()).putInt((int) row.touches());
        for (float weight : row.weights()) {
            out.putFloat(weight);
        }
        for (float state : row.optimizerState()) {
            out.putFloat(state);
        }
        return out.flip();
    }

    /** Writes a hot row from the position of {@code out} on, which moves behind it. */
    static void put(TableSpec table, HotTable hot, int slot, ByteBuffer out) {
        out.put(VERSION).putLong(hot.lastUpdate(slot)).putInt(hot.touches(slot));
        int floats = table.layout().width() + table.layout().stateFloats();
        FloatBuffer row = hot.floatsOf(slot);
        int at = hot.floatAt(slot);
        for (int i = 0; i < floats; i++) {
            out.putFloat(row.get(at + i));
        }
    }

    /** When the row was last updated; of a value that {@link #requireRow} let pass. */
    static long lastUpdateMs(ByteBuffer value) {
        return value.order(ByteOrder.LITTLE_ENDIAN).getLong(value.position() + 1);
    }

    /** Touches, unsigned; of a value that {@link #requireRow} let pass. */
    static int touches(ByteBuffer value) {
        return value.order(ByteOrder.LITTLE_ENDIAN).getInt(value.position() + 1 + Long.BYTES);
    }

    /** Copies weights and optimizer state; of a value that {@link #requireRow} let pass. */
    static void floats(ByteBuffer value, float[] out, int at, int count) {
        int from = value.position() + 1 + RowLayout.HEADER_BYTES;
        value.slice(from, value.limit() - from)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(out, at, count);
    }

    /** Throws unless the bytes from position to limit are a row of this table. */
    static void requireRow(TableSpec table, long id, ByteBuffer value) {
        int found = value.remaining();
        int version = found == 0 ? -1 : Byte.toUnsignedInt(value.get(value.position()));
        if (found > 0 && version != VERSION) {
            throw new IllegalStateException(
                    ("Table '%s', id %d: the stored row is of format version %d, and this program reads version %d "
                                    + "only. Run the program that wrote it, or a newer one.")
                            .formatted(table.name(), id, version, VERSION));
        }
        RowLayout layout = table.layout();
        if (found != bytes(layout)) {
            int floatBytes = found - 1 - RowLayout.HEADER_BYTES;
            throw otherShape(
                    table,
                    id,
                    floatBytes >= 0 && floatBytes % Float.BYTES == 0
                            ? "%d bytes (a header and %d floats)".formatted(found, floatBytes / Float.BYTES)
                            : "%d bytes (cut off, or with bytes trailing behind the last whole float)"
                                    .formatted(found));
        }
    }

    /** To throw when a stored row is longer or shorter than a row of the table has to be. */
    private static IllegalStateException otherShape(TableSpec table, long id, String found) {
        RowLayout layout = table.layout();
        return new IllegalStateException(
                ("Table '%s', id %d: the stored row has %s, but a row of this table has %d bytes (a header, %d weights "
                                + "and %d floats of %s state). dimension, ranker.wide and optimizer.type of a table "
                                + "that holds rows cannot change: set them back in the pipeline file, or give the table "
                                + "a new name, or start without this checkpoint.")
                        .formatted(
                                table.name(),
                                id,
                                found,
                                bytes(layout),
                                layout.width(),
                                layout.stateFloats(),
                                table.optimizer().type()));
    }

    private static float[] floats(ByteBuffer in, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = in.getFloat();
        }
        return floats;
    }
}
