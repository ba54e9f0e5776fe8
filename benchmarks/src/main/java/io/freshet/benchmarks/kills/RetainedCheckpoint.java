package io.freshet.benchmarks.kills;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.table.TableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * A checkpoint that a killed job left, as Flink's State Processor API shows it, which knows nothing of ours but names and
 * types of states.
 */
record RetainedCheckpoint(Path path) {
    private static final String NAME = "chk-";

    /** The newest complete one below a folder: the one with the largest number, whichever job made it. */
    static Optional<RetainedCheckpoint> newest(Path folder) {
        try (Stream<Path> files = Files.walk(folder, 3)) {
            return files.filter(file -> file.getFileName().toString().equals("_metadata"))
                    .map(file -> new RetainedCheckpoint(file.getParent()))
                    .max(Comparator.comparingLong(RetainedCheckpoint::number));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not look for checkpoints in " + folder, e);
        }
    }

    private long number() {
        return Long.parseLong(path.getFileName().toString().substring(NAME.length()));
    }

    /** How many operations it covers. */
    long covered() throws Exception {
        try (CloseableIterator<Long> numbers = reader().readListState(
                        OperatorIdentifier.forUid(FlinkVictim.NUMBERS_UID),
                        NumberedBlocks.covered().getName(),
                        Types.LONG)
                .executeAndCollect()) {
            return numbers.next();
        }
    }

    /** Copies rows and values of key groups. */
    void copyTo(DurableRows rows) throws Exception {
        try (CloseableIterator<Tuple4<Integer, Integer, String, byte[]>> entries = reader().readKeyedState(
                        OperatorIdentifier.forUid(FlinkVictim.ROWS_UID),
                        new Entries(
                                KillTables.specs().stream().map(TableSpec::name).toArray(String[]::new)),
                        Types.INT,
                        Types.TUPLE(Types.INT, Types.INT, Types.STRING, Types.PRIMITIVE_ARRAY(Types.BYTE)))
                .executeAndCollect()) {
            while (entries.hasNext()) {
                Tuple4<Integer, Integer, String, byte[]> entry = entries.next();
                int group = KeyGroupRangeAssignment.assignToKeyGroup(entry.f0, KillTables.KEY_GROUPS);
                if (entry.f1 == Entries.METADATA) {
                    rows.putMetadata(group, entry.f2, entry.f3);
                } else {
                    long id = Long.parseLong(entry.f2);
                    Comparison.require(
                            KillTables.specs().get(entry.f1).keyGroup(id, KillTables.KEY_GROUPS) == group,
                            "row %d of table %d is kept with key group %d",
                            id,
                            entry.f1,
                            group);
                    rows.write(entry.f1, id, ByteBuffer.wrap(entry.f3));
                }
            }
        }
    }

    private SavepointReader reader() throws IOException {
        return SavepointReader.read(
                StreamExecutionEnvironment.createLocalEnvironment(1),
                path.toUri().toString(),
                new EmbeddedRocksDBStateBackend());
    }

    /** Every entry of the rows' map states: key of the key group, table, id or name, bytes. */
    private static final class Entries
            extends KeyedStateReaderFunction<Integer, Tuple4<Integer, Integer, String, byte[]>> {
        /** In place of a table. */
        private static final int METADATA = -1;

        private static final long serialVersionUID = 1L;
        private final String[] tables;
        private transient List<MapState<Long, byte[]>> rows;
        private transient MapState<String, byte[]> metadata;

        Entries(String[] tables) {
            this.tables = tables;
        }

        @Override
        public void open(OpenContext context) {
            rows = new ArrayList<>();
            for (String table : tables) {
                rows.add(getRuntimeContext()
                        .getMapState(new MapStateDescriptor<>(
                                "rows." + table, Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
            }
            metadata = getRuntimeContext()
                    .getMapState(new MapStateDescriptor<>(
                            "rows-metadata", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        }

        @Override
        public void readKey(Integer key, Context context, Collector<Tuple4<Integer, Integer, String, byte[]>> out)
                throws Exception {
            for (int table = 0; table < tables.length; table++) {
                for (Map.Entry<Long, byte[]> row : rows.get(table).entries()) {
                    out.collect(Tuple4.of(key, table, Long.toString(row.getKey()), row.getValue()));
                }
            }
            for (Map.Entry<String, byte[]> value : metadata.entries()) {
                out.collect(Tuple4.of(key, METADATA, value.getKey(), value.getValue()));
            }
        }
    }
}
