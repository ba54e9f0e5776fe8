package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowBatches;
import io.freshet.store.durable.RowWalk;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.function.FunctionWithException;

/**
 * Rows as Flink's keyed state: a map state {@code rows.<table>} from id to the row's bytes, under one key per key group,
 * and a map state {@code rows-metadata} from name to bytes beside them. Incremental checkpoints, savepoints and a change
 * of parallelism are Flink's.
 */
final class KeyedStateRows implements DurableRows {
    private final List<TableSpec> tables;
    private final KeyGroupKeys keys;
    private final KeyGroupRange owned;
    private final KeyedStateBackend<Integer> backend;
    private final List<MapState<Long, byte[]>> states = new ArrayList<>();
    private final MapState<String, byte[]> metadata;
    private final int maxParallelism;

    /** Rows in a subtask's state; {@code owned} are the key groups of that subtask. */
    KeyedStateRows(
            List<TableSpec> tables,
            KeyGroupKeys keys,
            KeyGroupRange owned,
            KeyedStateStore store,
            KeyedStateBackend<Integer> backend) {
        this.owned = owned;
        this.tables = tables;
        this.keys = keys;
        this.backend = backend;
        this.maxParallelism = keys.count();
        for (TableSpec table : tables) {
            states.add(store.getMapState(descriptor("rows." + table.name(), Types.LONG)));
        }
        metadata = store.getMapState(descriptor("rows-metadata", Types.STRING));
    }

    private static <K> MapStateDescriptor<K, byte[]> descriptor(String name, TypeInformation<K> key) {
        return new MapStateDescriptor<>(name, key, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
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
            private int keyGroup = owned.getStartKeyGroup();
            private long lastId = Long.MIN_VALUE;
            private boolean begun;

            @Override
            public int next(int maxRows, Visitor visitor) {
                int visited = 0;
                while (visited < maxRows && keyGroup <= owned.getEndKeyGroup()) {
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
        return new KeyGroupSpan(owned.getStartKeyGroup(), owned.getEndKeyGroup());
    }

    @Override
    public byte[] metadata(int keyGroup, String name) {
        keyGroups().require(keyGroup);
        backend.setCurrentKey(keys.keyOf(keyGroup));
        try {
            byte[] value = metadata.get(name);
            return value == null ? null : value.clone();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Could not read '%s' of key group %d from Flink's state".formatted(name, keyGroup), e);
        }
    }

    @Override
    public void putMetadata(int keyGroup, String name, byte[] value) {
        keyGroups().require(keyGroup);
        backend.setCurrentKey(keys.keyOf(keyGroup));
        try {
            if (value == null) {
                metadata.remove(name);
            } else {
                metadata.put(name, value.clone());
            }
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Could not write '%s' of key group %d to Flink's state".formatted(name, keyGroup), e);
        }
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int group : owned) {
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
        return tables.get(table).keyGroup(id, maxParallelism);
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
