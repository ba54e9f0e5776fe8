package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** Durable rows in a map on the heap: for tests, and the yardstick of {@link DurableRowsContract}. */
public final class TreeMapRows implements DurableRows {
    /** Names a row. */
    public record Key(int table, long id) {}

    private record MetadataKey(int keyGroup, String name) {}

    private final NavigableMap<Key, byte[]> rows =
            new TreeMap<>(Comparator.comparingInt(Key::table).thenComparingLong(Key::id));
    private final Map<MetadataKey, byte[]> metadata = new HashMap<>();
    private final KeyGroupSpan keyGroups;

    /** Keeps all key groups that there can be. */
    public TreeMapRows() {
        this(new KeyGroupSpan(0, Short.MAX_VALUE));
    }

    /** Keeps these key groups, but checks so with metadata only. */
    public TreeMapRows(KeyGroupSpan keyGroups) {
        this.keyGroups = keyGroups;
    }

    @Override
    public void read(int table, long[] ids, int from, int count, FoundRow found) {
        for (int i = 0; i < count; i++) {
            byte[] value = rows.get(new Key(table, ids[from + i]));
            if (value != null) {
                found.row(i, ByteBuffer.wrap(value.clone()).asReadOnlyBuffer());
            }
        }
    }

    @Override
    public void write(int table, long[] ids, int from, int count, ByteBuffer values) {
        int bytes = RowBatches.bytesPerRow(count, values);
        for (int i = 0; i < count; i++) {
            byte[] copy = new byte[bytes];
            values.get(copy);
            rows.put(new Key(table, ids[from + i]), copy);
        }
    }

    @Override
    public void delete(int table, long[] ids, int from, int count) {
        for (int i = from; i < from + count; i++) {
            rows.remove(new Key(table, ids[i]));
        }
    }

    @Override
    public RowWalk walk(int table) {
        return new RowWalk() {
            private Key last;

            @Override
            public int next(int maxRows, Visitor visitor) {
                NavigableMap<Key, byte[]> rest =
                        last == null ? rows.tailMap(new Key(table, Long.MIN_VALUE), true) : rows.tailMap(last, false);
                int visited = 0;
                for (Map.Entry<Key, byte[]> row : rest.entrySet()) {
                    if (visited == maxRows || row.getKey().table() != table) {
                        break;
                    }
                    last = row.getKey();
                    visit(row, visitor);
                    visited++;
                }
                return visited;
            }
        };
    }

    @Override
    public KeyGroupSpan keyGroups() {
        return keyGroups;
    }

    @Override
    public byte[] metadata(int keyGroup, String name) {
        keyGroups.require(keyGroup);
        byte[] value = metadata.get(new MetadataKey(keyGroup, Objects.requireNonNull(name)));
        return value == null ? null : value.clone();
    }

    @Override
    public void putMetadata(int keyGroup, String name, byte[] value) {
        keyGroups.require(keyGroup);
        if (value == null) {
            metadata.remove(new MetadataKey(keyGroup, name));
        } else {
            metadata.put(new MetadataKey(keyGroup, Objects.requireNonNull(name)), value.clone());
        }
    }

    @Override
    public void forEach(Visitor visitor) {
        rows.entrySet().forEach(row -> visit(row, visitor));
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }

    private static void visit(Map.Entry<Key, byte[]> row, Visitor visitor) {
        ByteBuffer value = ByteBuffer.wrap(row.getValue().clone()).asReadOnlyBuffer();
        visitor.row(row.getKey().table(), row.getKey().id(), value);
    }
}
