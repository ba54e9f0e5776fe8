package io.freshet.store.durable;

import io.freshet.contracts.update.KeyGroups;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The key of a row in RocksDB, big-endian throughout, so that rows are ordered by (key group, id as an unsigned number):
 *
 * <pre>
 *   u8 or u16  key group: u8 when there are at most 128 groups
 *   i32        the key that stands for the group
 *   u8         0
 *   i64        id
 * </pre>
 *
 * <p>These are the bytes that Flink 2.3 writes for a {@code MapState<Long, ?>} under an {@code Integer} key without a
 * namespace ({@code SerializedCompositeKeyBuilder}).
 *
 * <p>Threads: never changes, any thread.
 */
public final class RowKeys {
    /** So many groups still fit Flink's one byte ({@code CompositeKeySerializationUtils}). */
    private static final int GROUPS_OF_ONE_BYTE = 128;

    private final List<String> tables;
    private final int maxParallelism;
    private final KeyGroupSpan owned;
    private final byte[][] prefixes;

    /**
     * Keys of the rows that a shard owns.
     *
     * @param tables names, which with an id decide the key group, see {@link KeyGroups}
     * @param maxParallelism number of key groups, owned or not
     * @param keyOfGroup the key that stands for each group
     */
    public RowKeys(List<String> tables, int maxParallelism, KeyGroupSpan owned, IntUnaryOperator keyOfGroup) {
        this.tables = List.copyOf(tables);
        this.maxParallelism = maxParallelism;
        this.owned = owned;
        int groupBytes = maxParallelism > GROUPS_OF_ONE_BYTE ? Short.BYTES : Byte.BYTES;
        prefixes = new byte[owned.last() - owned.first() + 1][groupBytes + Integer.BYTES + 1];
        for (int group = owned.first(); group <= owned.last(); group++) {
            ByteBuffer prefix = ByteBuffer.wrap(prefixes[group - owned.first()]);
            if (groupBytes == Byte.BYTES) {
                prefix.put((byte) group);
            } else {
                prefix.putShort((short) group);
            }
            prefix.putInt(keyOfGroup.applyAsInt(group)).put((byte) 0);
        }
    }

    List<String> tables() {
        return tables;
    }

    KeyGroupSpan owned() {
        return owned;
    }

    /** Length of every key. */
    int bytes() {
        return prefixes[0].length + Long.BYTES;
    }

    /** The bytes with which the keys of a group begin. */
    byte[] prefix(int keyGroup) {
        return prefixes[keyGroup - owned.first()];
    }

    /** Puts the key of a row from the position of a big-endian buffer on. */
    void put(int table, long id, ByteBuffer out) {
        int keyGroup = KeyGroups.of(tables.get(table), id, maxParallelism);
        if (keyGroup < owned.first() || keyGroup > owned.last()) {
            throw new IllegalArgumentException("Table '%s': row %d belongs to key group %d, but %d to %d are kept here."
                    .formatted(tables.get(table), id, keyGroup, owned.first(), owned.last()));
        }
        out.put(prefix(keyGroup)).putLong(id);
    }

    /** The id at the end of a row's key. */
    long id(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }
}
