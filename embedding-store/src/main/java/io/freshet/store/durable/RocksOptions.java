package io.freshet.store.durable;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * How a {@link RowDatabase} sets RocksDB: for point reads of a few hundred bytes of floats, which compress to nothing.
 * Owns the native objects behind the options, and frees them once the database is closed.
 */
final class RocksOptions implements AutoCloseable {
    /** A row's block is read whole: with 14 rows of 280 bytes it is one page of the file system's. */
    private static final int BLOCK_BYTES = 4 << 10;

    private static final int BLOOM_BITS_PER_KEY = 10;

    /** Spares most reads the search of what is not yet in a file: 40 bits for a row of 280 bytes. */
    private static final double BLOOM_SHARE_OF_WRITE_BUFFER = 0.02;

    private static final int WRITE_BUFFERS_SHARE = 4;
    private static final long WRITE_BUFFER_BYTES_MAX = 64L << 20;

    private final List<AbstractNativeReference> owned = new ArrayList<>();
    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final long writeBufferBytes;

    /** Options of a database whose blocks and write buffers take so much together. */
    RocksOptions(long cacheBytes) {
        cache = own(new LRUCache(cacheBytes));
        writeBuffers = own(new WriteBufferManager(cacheBytes / WRITE_BUFFERS_SHARE, cache));
        writeBufferBytes = Math.min(WRITE_BUFFER_BYTES_MAX, cacheBytes / WRITE_BUFFERS_SHARE / 2);
    }

    /** The database's; the caller closes it. Families are flushed together, so that a checkpoint is of one moment. */
    DBOptions database() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setWriteBufferManager(writeBuffers)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2);
    }

    ColumnFamilyDescriptor family(byte[] name) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockSize(BLOCK_BYTES)
                .setBlockCache(cache)
                .setBlockAlign(true)
                .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)))
                .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                .setFormatVersion(5);
        ColumnFamilyOptions family = own(new ColumnFamilyOptions())
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(writeBufferBytes)
                .setMemtablePrefixBloomSizeRatio(BLOOM_SHARE_OF_WRITE_BUFFER)
                .setMemtableWholeKeyFiltering(true)
                .setLevelCompactionDynamicLevelBytes(true);
        return new ColumnFamilyDescriptor(name, family);
    }

    /**
     * Reads of single rows; the caller closes them. Blocks do not stay in the cache: a row that was read is hot from now
     * on, and its neighbours are as cold as any. Indexes and filters are not there, so that this cannot drop them.
     */
    ReadOptions reads() {
        return new ReadOptions().setFillCache(false);
    }

    /** Writes that no log repeats after a crash, as checkpoints do that. */
    WriteOptions unlogged() {
        return own(new WriteOptions()).setDisableWAL(true);
    }

    private <T extends AbstractNativeReference> T own(T reference) {
        owned.add(reference);
        return reference;
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
    }
}
