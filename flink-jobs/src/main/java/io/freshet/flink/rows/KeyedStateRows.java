package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * Rows as Flink's keyed state: a map state {@code rows.<table>} from id to the row's bytes, under one key per key group.
 * Incremental checkpoints, savepoints and a change of parallelism are Flink's.
 */
final class KeyedStateRows implements DurableRows {
    private final List<TableSpec> tables;
    private final KeyGroupKeys keys;
    private final KeyGroupRange owned;
    private final KeyedStateBackend<Integer> backend;
    private final List<MapState<Long, byte[]>> states = new ArrayList<>();
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
            states.add(store.getMapState(new MapStateDescriptor<>(
                    "rows." + table.name(), Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
        }
    }

    @Override
    public boolean read(int table, long id, ByteBuffer valueOut) {
        enter(table, id);
        byte[] value;
        try {
            value = states.get(table).get(id);
        } catch (Exception e) {
            throw failure("read", table, id, e);
        }
        if (value == null) {
            return false;
        }
        valueOut.put(value);
        return true;
    }

    @Override
    public void write(int table, long id, ByteBuffer value) {
        enter(table, id);
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        try {
            states.get(table).put(id, bytes);
        } catch (Exception e) {
            throw failure("write", table, id, e);
        }
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int group : owned) {
            backend.setCurrentKey(keys.keyOf(group));
            for (TableSpec table : tables) {
                forEach(table.index(), visitor);
            }
        }
    }

    private void forEach(int table, Visitor visitor) {
        try {
            for (Map.Entry<Long, byte[]> row : states.get(table).entries()) {
                visitor.row(table, row.getKey(), ByteBuffer.wrap(row.getValue()));
            }
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Could not read the rows of table '%s' from Flink's state"
                            .formatted(tables.get(table).name()),
                    e);
        }
    }

    private void enter(int table, long id) {
        backend.setCurrentKey(keys.keyOf(tables.get(table).keyGroup(id, maxParallelism)));
    }

    private IllegalStateException failure(String verb, int table, long id, Exception cause) {
        return new IllegalStateException(
                "Could not %s row %d of table '%s' in Flink's state"
                        .formatted(verb, id, tables.get(table).name()),
                cause);
    }
}
