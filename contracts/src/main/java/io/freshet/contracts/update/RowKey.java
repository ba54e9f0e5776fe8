package io.freshet.contracts.update;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Keys of the rows topic, by which Kafka compacts it. Integers big-endian:
 *
 * <pre>
 *   row     u8 1 | u8 length of the table's name | name, UTF-8 | i64 id
 *   marker  u8 2 | i32 shard
 * </pre>
 *
 * @param table name of the table that the row is of
 */
public record RowKey(String table, long id) {
    private static final byte ROW = 1;
    private static final byte MARKER = 2;
    private static final int NAME_BYTES_MAX = 255;

    /** Key of a row. */
    public static byte[] ofRow(String table, long id) {
        byte[] name = table.getBytes(StandardCharsets.UTF_8);
        if (name.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("The name of table '%s' has %d bytes; at most %d fit into a row's key."
                    .formatted(table, name.length, NAME_BYTES_MAX));
        }
        return ByteBuffer.allocate(2 + name.length + Long.BYTES)
                .put(ROW)
                .put((byte) name.length)
                .put(name)
                .putLong(id)
                .array();
    }

    /** Key of a shard's marker. */
    public static byte[] ofMarker(int shard) {
        return ByteBuffer.allocate(1 + Integer.BYTES).put(MARKER).putInt(shard).array();
    }

    /** Whether these bytes are a row's key, and not a marker's. */
    public static boolean isRow(byte[] key) {
        return key.length > 0 && key[0] == ROW;
    }

    /**
     * Reads the key of a row.
     *
     * @throws IllegalArgumentException when the bytes are not one
     */
    public static RowKey parse(byte[] key) {
        int header = 2 + Long.BYTES;
        if (!isRow(key) || key.length < header || key.length != header + Byte.toUnsignedInt(key[1])) {
            throw new IllegalArgumentException("%d bytes beginning with %s are no key of a row."
                    .formatted(key.length, key.length == 0 ? "nothing" : Byte.toString(key[0])));
        }
        int nameLength = Byte.toUnsignedInt(key[1]);
        String table = new String(key, 2, nameLength, StandardCharsets.UTF_8);
        return new RowKey(table, ByteBuffer.wrap(key).getLong(2 + nameLength));
    }
}
