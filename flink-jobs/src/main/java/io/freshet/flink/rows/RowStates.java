package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RocksRows;
import io.freshet.store.durable.RowKeys;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * A subtask's rows in Flink's keyed state: a map state {@code rows.<table>} from id to the row's bytes, under one key per
 * key group. Incremental checkpoints, savepoints and a change of parallelism are Flink's.
 *
 * <p>Two ways lead to the same bytes: {@link #direct} in batches, past Flink to the RocksDB below it; and
 * {@link #throughFlink} row by row, with any backend.
 *
 * @param keys one per key group of the job
 * @param owned the key groups of this subtask
 */
record RowStates(
        List<TableSpec> tables,
        KeyGroupKeys keys,
        KeyGroupRange owned,
        KeyedStateStore store,
        KeyedStateBackend<Integer> backend) {

    /** The map state of each table, by index; registered with the backend, if that had not been done. */
    List<MapState<Long, byte[]>> maps() {
        List<MapState<Long, byte[]>> maps = new ArrayList<>();
        for (TableSpec table : tables) {
            maps.add(store.getMapState(new MapStateDescriptor<>(
                    name(table), Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
        }
        return maps;
    }

    private static String name(TableSpec table) {
        return "rows." + table.name();
    }

    KeyGroupSpan span() {
        return new KeyGroupSpan(owned.getStartKeyGroup(), owned.getEndKeyGroup());
    }

    /** Rows by way of Flink's own map states. */
    DurableRows throughFlink() {
        return new KeyedStateRows(this);
    }

    /**
     * Rows in the database of Flink's RocksDB backend; close them before the backend.
     *
     * @return empty when the backend is another one, or not as this program knows it
     */
    Optional<RocksRows> direct() {
        maps();
        List<String> names = tables.stream().map(RowStates::name).toList();
        return RocksHandle.of(backend, names).map(handle -> {
            RowKeys rowKeys =
                    new RowKeys(tables.stream().map(TableSpec::name).toList(), keys.count(), span(), keys::keyOf);
            return new RocksRows(handle.db(), handle.families(), rowKeys, new KeyedStateMetadata(keys, store, backend));
        });
    }
}
