package io.freshet.store.durable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Batched reads of rows from RocksDB into direct memory that is reused from read to read. */
final class RocksReads implements AutoCloseable {
    /** Enough to share a call's price, few enough for keys and values to stay in cache. */
    private static final int ROWS_PER_CALL = 256;

    private final RocksDB db;
    private final RowKeys keys;
    private final ReadOptions options = new ReadOptions();
    private final List<ByteBuffer> keyBuffers;
    private List<ByteBuffer> valueBuffers = List.of();
    private int valueBytes;

    RocksReads(RocksDB db, RowKeys keys) {
        this.db = db;
        this.keys = keys;
        keyBuffers = slices(keys.bytes());
        makeRoom(1 << 9);
    }

    /** As {@link DurableRows#read(int, long[], int, int, DurableRows.FoundRow)}. */
    void read(ColumnFamilyHandle family, int table, long[] ids, int from, int count, DurableRows.FoundRow found) {
        try {
            for (int done = 0; done < count; done += ROWS_PER_CALL) {
                int rows = Math.min(ROWS_PER_CALL, count - done);
                List<ByteBufferGetStatus> statuses = get(family, table, ids, from + done, rows);
                for (int i = 0; i < rows; i++) {
                    ByteBufferGetStatus status = statuses.get(i);
                    if (status.status.getCode() == Status.Code.Ok) {
                        found.row(done + i, StoredValue.row(status.value));
                    } else if (status.status.getCode() != Status.Code.NotFound) {
                        throw new RocksDBException(status.status);
                    }
                }
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "Could not read rows of table '%s' from RocksDB: %s"
                            .formatted(keys.tables().get(table), e.getMessage()),
                    e);
        }
    }

    private List<ByteBufferGetStatus> get(ColumnFamilyHandle family, int table, long[] ids, int from, int count)
            throws RocksDBException {
        for (int i = 0; i < count; i++) {
            ByteBuffer key = keyBuffers.get(i).clear();
            keys.put(table, ids[from + i], key);
            key.flip();
        }
        while (true) {
            valueBuffers.forEach(ByteBuffer::clear);
            List<ByteBufferGetStatus> statuses = db.multiGetByteBuffers(
                    options, List.of(family), keyBuffers.subList(0, count), valueBuffers.subList(0, count));
            int needed = 0;
            for (ByteBufferGetStatus status : statuses) {
                needed = Math.max(needed, status.requiredSize);
            }
            if (needed <= valueBytes) {
                return statuses;
            }
            makeRoom(needed);
        }
    }

    private void makeRoom(int bytes) {
        valueBytes = bytes;
        valueBuffers = slices(bytes);
    }

    private static List<ByteBuffer> slices(int bytes) {
        ByteBuffer all = ByteBuffer.allocateDirect(ROWS_PER_CALL * bytes);
        List<ByteBuffer> slices = new ArrayList<>();
        for (int i = 0; i < ROWS_PER_CALL; i++) {
            slices.add(all.slice(i * bytes, bytes));
        }
        return slices;
    }

    @Override
    public void close() {
        options.close();
    }
}
