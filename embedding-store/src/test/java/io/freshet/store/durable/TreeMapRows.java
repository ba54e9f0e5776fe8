package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Durable rows in a map on the heap: for tests, and the yardstick of {@link DurableRowsContract}. */
public final class TreeMapRows implements DurableRows {
    /** Names a row. */
    public record Key(int table, long id) {}

    private final Map<Key, byte[]> rows =
            new TreeMap<>(Comparator.comparingInt(Key::table).thenComparingLong(Key::id));

    @Override
    public boolean read(int table, long id, ByteBuffer valueOut) {
        byte[] value = rows.get(new Key(table, id));
        if (value == null) {
            return false;
        }
        valueOut.put(value);
        return true;
    }

    @Override
    public void write(int table, long id, ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        rows.put(new Key(table, id), copy);
    }

    @Override
    public void forEach(Visitor visitor) {
        rows.forEach((key, value) -> visitor.row(
                key.table(), key.id(), ByteBuffer.wrap(value.clone()).asReadOnlyBuffer()));
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }
}
