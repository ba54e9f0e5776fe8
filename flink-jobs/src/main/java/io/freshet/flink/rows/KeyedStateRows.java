package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowBatches;
import io.freshet.store.durable.RowWalk;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.function.FunctionWithException;

/** Rows through Flink's own map states, one by one: for backends other than RocksDB's, and to check {@link RowStates#direct} by. */
final class KeyedStateRows implements DurableRows {
    private final List<TableSpec> tables;
    private final KeyGroupKeys keys;
    private final KeyGroupSpan owned;
    private final KeyedStateBackend<Integer> backend;
    private final List<MapState<Long, byte[]>> states;
    private final KeyedStateMetadata metadata;

    KeyedStateRows(RowStates rows) {
        tables = rows.tables();
        keys = rows.keys();
        owned = rows.span();
        backend = rows.backend();
        states = rows.maps();
        metadata = new KeyedStateMetadata(keys, rows.store(), backend);
    }

    @Override
    public void read(int table, long[] ids, int from, int count, FoundRow found) {
        for (int i = 0; i < count; i++) {
            long id = ids[from + i];
            byte[] value = in(table, keyGroup(table, id), rows -> rows.get(id));
            if (value != null) {
                found.row(i, readOnly(value));
            }
        }
    }

    @Override
    public void write(int table, long[] ids, int from, int count, ByteBuffer values) {
        int bytes = RowBatches.bytesPerRow(count, values);
        for (int i = 0; i < count; i++) {
            long id = ids[from + i];
            byte[] value = new byte[bytes];
            values.get(value);
            in(table, keyGroup(table, id), rows -> {
                rows.put(id, value);
                return null;
            });
        }
    }

    @Override
    public void delete(int table, long[] ids, int from, int count) {
        for (int i = from; i < from + count; i++) {
            long id = ids[i];
            in(table, keyGroup(table, id), rows -> {
                rows.remove(id);
                return null;
            });
        }
    }

    /** Each step but the last of a key group looks through all ids of the group, as a map state cannot be entered midway. */
    @Override
    public RowWalk walk(int table) {
        return new RowWalk() {
            private int keyGroup = owned.first();
            private long lastId = Long.MIN_VALUE;
            private boolean begun;

            @Override
            public int next(int maxRows, Visitor visitor) {
                int visited = 0;
                while (visited < maxRows && keyGroup <= owned.last()) {
                    Map<Long, byte[]> rows = firstRows(maxRows - visited);
                    rows.forEach((id, value) -> visitor.row(table, id, readOnly(value)));
                    if (rows.size() < maxRows - visited) {
                        keyGroup++;
                        begun = false;
                    }
                    visited += rows.size();
                }
                return visited;
            }

            private Map<Long, byte[]> firstRows(int atMost) {
                TreeMap<Long, byte[]> first = new TreeMap<>();
                in(table, keyGroup, rows -> {
                    for (Map.Entry<Long, byte[]> row : rows.entries()) {
                        if (!begun || row.getKey() > lastId) {
                            first.put(row.getKey(), row.getValue());
                            if (first.size() > atMost) {
                                first.pollLastEntry();
                            }
                        }
                    }
                    return null;
                });
                if (!first.isEmpty()) {
                    begun = true;
                    lastId = first.lastKey();
                }
                return first;
            }
        };
    }

    @Override
    public KeyGroupSpan keyGroups() {
        return owned;
    }

    @Override
    public byte[] metadata(int keyGroup, String name) {
        owned.require(keyGroup);
        return metadata.get(keyGroup, name);
    }

    @Override
    public void putMetadata(int keyGroup, String name, byte[] value) {
        owned.require(keyGroup);
        metadata.put(keyGroup, name, value);
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int group = owned.first(); group <= owned.last(); group++) {
            for (TableSpec table : tables) {
                // Outside of what names Flink's state as the culprit, as the visitor may fail too.
                for (Map.Entry<Long, byte[]> row : in(table.index(), group, MapState::entries)) {
                    visitor.row(table.index(), row.getKey(), readOnly(row.getValue()));
                }
            }
        }
    }

    private static ByteBuffer readOnly(byte[] value) {
        return ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    private int keyGroup(int table, long id) {
        return tables.get(table).keyGroup(id, keys.count());
    }

    private <T> T in(int table, int keyGroup, FunctionWithException<MapState<Long, byte[]>, T, Exception> use) {
        backend.setCurrentKey(keys.keyOf(keyGroup));
        try {
            return use.apply(states.get(table));
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Rows of table '%s', key group %d: Flink's state could not be read or written"
                            .formatted(tables.get(table).name(), keyGroup),
                    e);
        }
    }
}
