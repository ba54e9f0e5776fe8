package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Reads of many rows from RocksDB into direct memory that is reused from read to read, by several threads.
 *
 * <p>Each row is one {@code get}: {@code multiGet} makes three Java objects per row, and the RocksDB that comes with
 * Flink is built without io_uring, so that its blocks come one after the other there too (docs/decisions/0021).
 */
final class RocksReads implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 4_096;

    private final RocksDB db;
    private final RowKeys keys;
    private final ReadOptions options;
    private final ReadingThreads threads = new ReadingThreads();
    private final ByteBuffer[] keyBuffers = new ByteBuffer[ReadingThreads.COUNT];

    /** Of every row its length, {@link RocksDB#NOT_FOUND} where there is none. */
    private final int[] lengths = new int[ROWS_AT_ONCE];

    /** Room of each row in {@link #values}. */
    private int valueBytes = 1 << 9;

    private int rowsOfRoom;

    /** [rows of room, bytes of a value]; one view of the same memory for each thread. */
    private final ByteBuffer[] values = new ByteBuffer[ReadingThreads.COUNT];

    RocksReads(RocksDB db, RowKeys keys, ReadOptions options) {
        this.db = db;
        this.keys = keys;
        this.options = options;
        Arrays.setAll(keyBuffers, thread -> ByteBuffer.allocateDirect(keys.bytes()));
    }

    /** As {@link DurableRows#read(int, long[], int, int, DurableRows.FoundRow)}. */
    void read(ColumnFamilyHandle family, int table, long[] ids, int from, int count, DurableRows.FoundRow found) {
        for (int done = 0; done < count; done += ROWS_AT_ONCE) {
            int rows = Math.min(ROWS_AT_ONCE, count - done);
            get(family, table, ids, from + done, rows);
            for (int i = 0; i < rows; i++) {
                if (lengths[i] != RocksDB.NOT_FOUND) {
                    ByteBuffer value = values[0].limit(i * valueBytes + lengths[i]);
                    found.row(done + i, StoredValue.row(value.slice(i * valueBytes, lengths[i])));
                }
            }
        }
    }

    private void get(ColumnFamilyHandle family, int table, long[] ids, int from, int count) {
        makeRoom(count, valueBytes);
        try {
            while (true) {
                threads.share(count, (thread, first, end) -> {
                    for (int i = first; i < end; i++) {
                        lengths[i] = get(family, table, ids[from + i], thread, i);
                    }
                });
                int longest = Arrays.stream(lengths, 0, count).max().orElse(0);
                if (longest <= valueBytes) {
                    return;
                }
                makeRoom(count, longest);
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "Could not read rows of table '%s' from RocksDB: %s"
                            .formatted(keys.tables().get(table), e.getMessage()),
                    e);
        }
    }

    private int get(ColumnFamilyHandle family, int table, long id, int thread, int row) throws RocksDBException {
        ByteBuffer key = keyBuffers[thread].clear();
        keys.put(table, id, key);
        ByteBuffer value = values[thread].limit((row + 1) * valueBytes).position(row * valueBytes);
        return db.get(family, options, key.flip(), value);
    }

    private void makeRoom(int rows, int bytes) {
        if (rows <= rowsOfRoom && bytes == valueBytes) {
            return;
        }
        rowsOfRoom = Math.max(rowsOfRoom, Math.min(ROWS_AT_ONCE, Integer.highestOneBit(2 * rows - 1)));
        valueBytes = bytes;
        ByteBuffer memory = ByteBuffer.allocateDirect(Math.multiplyExact(rowsOfRoom, valueBytes));
        Arrays.setAll(values, thread -> memory.duplicate());
    }

    @Override
    public void close() {
        threads.close();
        options.close();
    }
}
