package io.freshet.flink.rows;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend.RocksDbKvStateInfo;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database below a keyed state. Flink does not hand it out, so it is taken from two fields that Flink 2.3 has; where
 * they are missing or hold something else, nobody gets it and rows go through Flink.
 *
 * @param families of the states asked for, in their order
 */
record RocksHandle(RocksDB db, List<ColumnFamilyHandle> families) {
    private static final Logger LOG = LoggerFactory.getLogger(RocksHandle.class);

    /** Looks for the database and the column families of registered states; empty, with a line in the log, without them. */
    static Optional<RocksHandle> of(KeyedStateBackend<?> backend, List<String> states) {
        return of(backend, states, Fields.OF_FLINK_2_3);
    }

    /** Where a backend keeps its database, and what it knows of its states. */
    record Fields(String database, String states) {
        static final Fields OF_FLINK_2_3 = new Fields("db", "kvStateInformation");
    }

    /** The same in a Flink whose fields have other names. */
    static Optional<RocksHandle> of(KeyedStateBackend<?> backend, List<String> states, Fields fields) {
        // Not a subclass nor one that wraps it: those may want to see every write.
        if (backend.getClass() != RocksDBKeyedStateBackend.class) {
            LOG.info(
                    "Rows go through Flink one by one, as the state backend is {} and not RocksDB's",
                    backend.getClass());
            return Optional.empty();
        }
        try {
            RocksDB db = (RocksDB) field(backend, fields.database());
            Map<?, ?> registered = (Map<?, ?>) field(backend, fields.states());
            List<ColumnFamilyHandle> families = new ArrayList<>();
            for (String state : states) {
                families.add(((RocksDbKvStateInfo) registered.get(state)).columnFamilyHandle);
            }
            return Optional.of(new RocksHandle(db, List.copyOf(families)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn(
                    "Rows go through Flink one by one, which is many times slower: this Flink's RocksDB backend is not "
                            + "as in version 2.3",
                    e);
            return Optional.empty();
        }
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = RocksDBKeyedStateBackend.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
