package io.freshet.benchmarks.rows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;

/**
 * RocksDB alone, read by multiGet, at its best: one sorted file without compression, bloom filters, and a block cache
 * that holds every block and is warm.
 */
final class RocksPeer implements RowHolder {
    static final String NAME = "rocksdb";

    /** Bytes of a block, its index and its filter entries over those of the rows in it, roughly and from above. */
    private static final double CACHE_OVER_ROWS = 1.4;

    static {
        RocksDB.loadLibrary();
    }

    private final RocksDB db;
    private final ReadOptions reading = new ReadOptions().setVerifyChecksums(false);
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<byte[]> keys = new ArrayList<>();

    RocksPeer(BenchTable table, int rows, Path folder) {
        try {
            Options options = keep(options(cacheBytes(table, rows)));
            Path file = folder.resolve("rows.sst");
            writeFile(table, rows, file, options);
            db = RocksDB.open(options, folder.resolve("rocksdb").toString());
            try (IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
                db.ingestExternalFile(List.of(file.toString()), moving);
            }
            warm();
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB could not be filled in " + folder, e);
        }
    }

    static long cacheBytes(BenchTable table, int rows) {
        return (long) (CACHE_OVER_ROWS * rows * (Long.BYTES + table.weightBytes())) + (64 << 20);
    }

    private Options options(long cacheBytes) {
        return new Options()
                .setCreateIfMissing(true)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(keep(new LRUCache(cacheBytes)))
                        .setFilterPolicy(keep(new BloomFilter(10))));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    private static void writeFile(BenchTable table, int rows, Path file, Options options) throws RocksDBException {
        long[] ids = LongStream.rangeClosed(1, rows).map(ZipfIds::ofRank).toArray();
        ZipfIds.sortAsUnsigned(ids);
        BenchTable.Weights weights = table.weights();
        ByteBuffer key = ByteBuffer.allocate(Long.BYTES);
        try (EnvOptions env = new EnvOptions();
                SstFileWriter writer = new SstFileWriter(env, options)) {
            writer.open(file.toString());
            for (long id : ids) {
                key.putLong(0, id);
                writer.put(key.array(), weights.of(id));
            }
            writer.finish();
        }
    }

    private void warm() {
        try (RocksIterator iterator = db.newIterator()) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                // Reading a block is what puts it into the cache.
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void gather(long[][] batches, FloatBuffer out) {
        try {
            for (long[] ids : batches) {
                gather(ids, out.clear());
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB could not be read", e);
        }
    }

    private void gather(long[] ids, FloatBuffer out) throws RocksDBException {
        while (keys.size() < ids.length) {
            keys.add(new byte[Long.BYTES]);
        }
        for (int i = 0; i < ids.length; i++) {
            ByteBuffer.wrap(keys.get(i)).putLong(ids[i]);
        }
        List<byte[]> values = db.multiGetAsList(reading, keys.subList(0, ids.length));
        for (int i = 0; i < ids.length; i++) {
            if (values.get(i) == null) {
                throw new IllegalStateException("RocksDB has no row " + ids[i]);
            }
            out.put(ByteBuffer.wrap(values.get(i))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer());
        }
    }

    @Override
    public void close() {
        reading.close();
        db.close();
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("RocksDB could not be closed", e);
            }
        }
    }
}
