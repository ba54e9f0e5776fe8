package io.freshet.benchmarks.rows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackendBuilder;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBPriorityQueueConfig;
import org.apache.flink.state.rocksdb.RocksDBResourceContainer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * Flink's own way: keyed by the row's id, a {@code ValueState} of the row's bytes on the RocksDB backend, without a job
 * around it. RocksDB is set as for {@link RocksPeer}.
 */
final class ValueStatePeer implements RowHolder {
    static final String NAME = "value state";

    private static final int KEY_GROUPS = 128;

    private final CloseableRegistry closing = new CloseableRegistry();
    private final RocksDBKeyedStateBackend<Long> backend;
    private final ValueState<byte[]> state;

    ValueStatePeer(BenchTable table, int rows, Path folder) {
        RocksDB.loadLibrary();
        try {
            backend = backend(folder, RocksPeer.cacheBytes(table, rows));
            state = backend.getPartitionedState(
                    VoidNamespace.INSTANCE,
                    VoidNamespaceSerializer.INSTANCE,
                    new ValueStateDescriptor<>("rows", BytePrimitiveArraySerializer.INSTANCE));
            fill(table, rows);
        } catch (Exception e) {
            throw new IllegalStateException("Flink's state could not be filled in " + folder, e);
        }
    }

    private RocksDBKeyedStateBackend<Long> backend(Path folder, long cacheBytes) throws Exception {
        RocksDBResourceContainer resources =
                new RocksDBResourceContainer(PredefinedOptions.DEFAULT, new WarmCache(cacheBytes));
        return new RocksDBKeyedStateBackendBuilder<>(
                        "rows",
                        ValueStatePeer.class.getClassLoader(),
                        folder.resolve("flink").toFile(),
                        resources,
                        name -> resources.getColumnOptions(),
                        new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                        LongSerializer.INSTANCE,
                        KEY_GROUPS,
                        KeyGroupRange.of(0, KEY_GROUPS - 1),
                        new ExecutionConfig(),
                        LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED,
                        new RocksDBPriorityQueueConfig(),
                        TtlTimeProvider.DEFAULT,
                        LatencyTrackingStateConfig.disabled(),
                        SizeTrackingStateConfig.disabled(),
                        UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup(),
                        (name, value) -> {},
                        List.of(),
                        UncompressedStreamCompressionDecorator.INSTANCE,
                        closing)
                .build();
    }

    /** Writes the rows in the order of their keys, so that RocksDB has next to nothing to merge, and reads them once. */
    private void fill(BenchTable table, int rows) throws Exception {
        BenchTable.Weights weights = table.weights();
        long[][] groups = new long[KEY_GROUPS][];
        int[] sizes = new int[KEY_GROUPS];
        for (long rank = 1; rank <= rows; rank++) {
            sizes[group(ZipfIds.ofRank(rank))]++;
        }
        Arrays.setAll(groups, group -> new long[sizes[group]]);
        for (long rank = 1; rank <= rows; rank++) {
            long id = ZipfIds.ofRank(rank);
            int group = group(id);
            groups[group][--sizes[group]] = id;
        }
        for (long[] group : groups) {
            ZipfIds.sortAsUnsigned(group);
            for (long id : group) {
                backend.setCurrentKey(id);
                state.update(weights.of(id));
            }
        }
        for (long[] group : groups) {
            for (long id : group) {
                backend.setCurrentKey(id);
                state.value();
            }
        }
    }

    private static int group(long id) {
        return KeyGroupRangeAssignment.assignToKeyGroup(id, KEY_GROUPS);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void gather(long[][] batches, FloatBuffer out) {
        try {
            for (long[] ids : batches) {
                out.clear();
                for (long id : ids) {
                    backend.setCurrentKey(id);
                    out.put(ByteBuffer.wrap(state.value())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer());
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("Flink's state could not be read", e);
        }
    }

    @Override
    public void close() {
        try {
            backend.dispose();
            closing.close();
        } catch (Exception e) {
            throw new IllegalStateException("Flink's state could not be closed", e);
        }
    }

    /** The settings of {@link RocksPeer} in the form in which Flink takes them. */
    private record WarmCache(long cacheBytes) implements RocksDBOptionsFactory {
        @Override
        public DBOptions createDBOptions(DBOptions now, Collection<AutoCloseable> toClose) {
            return now;
        }

        @Override
        public ColumnFamilyOptions createColumnOptions(ColumnFamilyOptions now, Collection<AutoCloseable> toClose) {
            LRUCache cache = new LRUCache(cacheBytes);
            BloomFilter filter = new BloomFilter(10);
            toClose.add(cache);
            toClose.add(filter);
            return now.setCompressionType(CompressionType.NO_COMPRESSION)
                    .setTableFormatConfig(
                            new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
        }
    }
}
