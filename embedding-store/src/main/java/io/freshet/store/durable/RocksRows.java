package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Rows in RocksDB, one column family per table, read by several threads at once and written in batches.
 *
 * <p>Keys are {@link RowKeys}; a value is the row's bytes behind a {@code u8} 0 and their length as a big-endian
 * {@code i32}. Keys and values are exactly those of Flink's {@code MapState<Long, byte[]>}
 * ({@code RocksDBMapState}, {@code BytePrimitiveArraySerializer}), so that rows written here are ordinary keyed state
 * when the column family is one of Flink's.
 *
 * <p>Nothing goes through a write-ahead log: what is durable is what the last checkpoint of the database holds.
 *
 * <p>Threads: as {@link DurableRows}; those that help with a read have left the database when it returns. The database
 * belongs to whoever opened it and has to outlive this.
 */
public final class RocksRows implements DurableRows, AutoCloseable {
    private static final int ROWS_PER_WRITE = 4_096;

    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private final RowKeys keys;
    private final KeyGroupMetadata metadata;
    private final RocksReads reads;
    private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    private final ReadOptions walkOptions = new ReadOptions().setFillCache(false);
    private final WriteBatch batch = new WriteBatch();
    private final ByteBuffer key;
    private ByteBuffer value = ByteBuffer.allocateDirect(1 << 10);

    /**
     * Rows in a database that is open already.
     *
     * @param families of the tables, by index
     * @param keys of the same tables
     */
    public RocksRows(RocksDB db, List<ColumnFamilyHandle> families, RowKeys keys, KeyGroupMetadata metadata) {
        this(db, families, keys, metadata, new ReadOptions());
    }

    /** As above; {@code readOptions} are closed with this. */
    RocksRows(
            RocksDB db,
            List<ColumnFamilyHandle> families,
            RowKeys keys,
            KeyGroupMetadata metadata,
            ReadOptions readOptions) {
        this.db = db;
        this.families = List.copyOf(families);
        this.keys = keys;
        this.metadata = metadata;
        reads = new RocksReads(db, keys, readOptions);
        key = ByteBuffer.allocateDirect(keys.bytes());
    }

    @Override
    public void read(int table, long[] ids, int from, int count, FoundRow found) {
        reads.read(families.get(table), table, ids, from, count, found);
    }

    @Override
    public void write(int table, long[] ids, int from, int count, ByteBuffer values) {
        int bytes = RowBatches.bytesPerRow(count, values);
        if (value.capacity() < StoredValue.bytes(bytes)) {
            value = ByteBuffer.allocateDirect(StoredValue.bytes(bytes));
        }
        try {
            for (int i = 0; i < count; i++) {
                putKey(table, ids[from + i]);
                StoredValue.put(values, bytes, value);
                batch.put(families.get(table), key, value);
                writeWhenFull(table, i + 1 == count);
            }
        } catch (RocksDBException e) {
            throw failure("write", table, e);
        } finally {
            batch.clear();
        }
    }

    @Override
    public void delete(int table, long[] ids, int from, int count) {
        byte[] deleted = new byte[keys.bytes()];
        try {
            for (int i = 0; i < count; i++) {
                putKey(table, ids[from + i]);
                key.get(0, deleted);
                batch.delete(families.get(table), deleted);
                writeWhenFull(table, i + 1 == count);
            }
        } catch (RocksDBException e) {
            throw failure("delete", table, e);
        } finally {
            batch.clear();
        }
    }

    private void putKey(int table, long id) {
        key.clear();
        keys.put(table, id, key);
        key.flip();
    }

    private void writeWhenFull(int table, boolean last) throws RocksDBException {
        if (last || batch.count() == ROWS_PER_WRITE) {
            db.write(writeOptions, batch);
            batch.clear();
        }
    }

    /** Seeks anew at each step, as an open iterator would keep files alive that compaction has replaced. */
    @Override
    public RowWalk walk(int table) {
        return new RowWalk() {
            private int keyGroup = keys.owned().first();
            private long nextId;

            @Override
            public int next(int maxRows, Visitor visitor) {
                int visited = 0;
                try (RocksIterator rows = db.newIterator(families.get(table), walkOptions)) {
                    while (visited < maxRows && keyGroup <= keys.owned().last()) {
                        visited += walkGroup(rows, maxRows - visited, visitor);
                    }
                    rows.status();
                } catch (RocksDBException e) {
                    throw failure("walk over", table, e);
                }
                return visited;
            }

            private int walkGroup(RocksIterator rows, int maxRows, Visitor visitor) {
                byte[] prefix = keys.prefix(keyGroup);
                rows.seek(ByteBuffer.allocate(keys.bytes())
                        .put(prefix)
                        .putLong(nextId)
                        .array());
                int visited = 0;
                boolean more = true;
                while (more && visited < maxRows) {
                    byte[] found = rows.isValid() ? rows.key() : null;
                    more = found != null && Arrays.mismatch(found, prefix) == prefix.length;
                    if (more) {
                        long id = keys.id(found);
                        visitor.row(table, id, StoredValue.row(rows.value()));
                        visited++;
                        nextId = id + 1;
                        rows.next();
                        more = id != -1; // The last one in unsigned order.
                    }
                }
                if (!more) {
                    keyGroup++;
                    nextId = 0;
                }
                return visited;
            }
        };
    }

    @Override
    public KeyGroupSpan keyGroups() {
        return keys.owned();
    }

    @Override
    public byte[] metadata(int keyGroup, String name) {
        keys.owned().require(keyGroup);
        return metadata.get(keyGroup, name);
    }

    @Override
    public void putMetadata(int keyGroup, String name, byte[] value) {
        keys.owned().require(keyGroup);
        metadata.put(keyGroup, name, value);
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int table = 0; table < families.size(); table++) {
            walk(table).next(Integer.MAX_VALUE, visitor);
        }
    }

    /** Frees what was taken for reading and writing; the database stays open. */
    @Override
    public void close() {
        batch.close();
        writeOptions.close();
        walkOptions.close();
        reads.close();
    }

    private IllegalStateException failure(String verb, int table, RocksDBException cause) {
        return new IllegalStateException(
                "Could not %s rows of table '%s' in RocksDB: %s"
                        .formatted(verb, keys.tables().get(table), cause.getMessage()),
                cause);
    }
}
