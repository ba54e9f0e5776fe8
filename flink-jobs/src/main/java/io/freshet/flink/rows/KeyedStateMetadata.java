package io.freshet.flink.rows;

import io.freshet.store.durable.KeyGroupMetadata;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;

/** Values of key groups as Flink's keyed state: a map state {@code rows-metadata} from name to bytes. */
final class KeyedStateMetadata implements KeyGroupMetadata {
    private final KeyGroupKeys keys;
    private final KeyedStateBackend<Integer> backend;
    private final MapState<String, byte[]> state;

    KeyedStateMetadata(KeyGroupKeys keys, KeyedStateStore store, KeyedStateBackend<Integer> backend) {
        this.keys = keys;
        this.backend = backend;
        state = store.getMapState(new MapStateDescriptor<>(
                "rows-metadata", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public byte[] get(int keyGroup, String name) {
        backend.setCurrentKey(keys.keyOf(keyGroup));
        try {
            byte[] value = state.get(name);
            return value == null ? null : value.clone();
        } catch (Exception e) {
            throw failure("read", keyGroup, name, e);
        }
    }

    @Override
    public void put(int keyGroup, String name, byte[] value) {
        backend.setCurrentKey(keys.keyOf(keyGroup));
        try {
            if (value == null) {
                state.remove(name);
            } else {
                state.put(name, value.clone());
            }
        } catch (Exception e) {
            throw failure("write", keyGroup, name, e);
        }
    }

    private static IllegalStateException failure(String verb, int keyGroup, String name, Exception cause) {
        return new IllegalStateException(
                "Could not %s '%s' of key group %d in Flink's state".formatted(verb, name, keyGroup), cause);
    }
}
