package io.freshet.flink.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.source.TestPipelines;
import io.freshet.store.durable.TreeMapRows;
import io.freshet.store.table.RowCodec;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rows operator in jobs of one, three, two and two subtasks, one after the other, each from the savepoint of the last. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class RowsSavepointITCase {
    private static final int BLOCKS_PER_JOB = 600;
    private static final int[] PARALLELISM = {1, 3, 2, 2};

    /** The last job has another backend, so its rows go through Flink one by one. */
    private static final String[] BACKENDS = {"rocksdb", "rocksdb", "rocksdb", "hashmap"};

    private static final String LINEAGE = "lineage";

    /** Far fewer than there are rows, so that most of them come and go. */
    private static final int HOT_ROWS = 40;

    private final List<TableSpec> specs = TableSpec.of(TestPipelines.likes("localhost:1"));

    @Test
    void rowsAndTheirOptimizersStateSurviveEveryChangeOfParallelismToTheBit(@TempDir Path logs, @TempDir Path folder)
            throws Exception {
        // A restored job asks the topics which versions are out.
        try (EmbeddedBroker broker = EmbeddedBroker.start(logs)) {
            Pipeline pipeline = TestPipelines.likes(broker.bootstrapServers());
            broker.createTopic(PipelineTopics.of(pipeline).versions(), 1);
            runJobs(pipeline, folder);
        }
    }

    private void runJobs(Pipeline pipeline, Path folder) throws Exception {
        RowTables expected = new RowTables(specs, new TreeMapRows(), TestBlocks.KEY_GROUPS, 100_000);
        String savepoint = null;
        for (int job = 0; job < PARALLELISM.length; job++) {
            int first = job * BLOCKS_PER_JOB;
            SavepointFormatType format = job == 0 ? SavepointFormatType.NATIVE : SavepointFormatType.CANONICAL;
            TestBlocks blocks = new TestBlocks(specs, first, first + BLOCKS_PER_JOB);
            StreamExecutionEnvironment environment = environment(savepoint, PARALLELISM[job], BACKENDS[job]);
            build(environment, blocks, first, pipeline);
            savepoint = run(environment, blocks, folder.resolve("" + job), format);
            for (int block = first; block < first + BLOCKS_PER_JOB; block++) {
                apply(new TestBlocks(specs).block(block), expected);
            }
            assertThat(rowsOf(savepoint)).isEqualTo(rowsOf(expected));
        }
    }

    private static StreamExecutionEnvironment environment(String savepoint, int parallelism, String backend) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            // Each job has a source of its own, which begins at its own blocks.
            configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        environment.setMaxParallelism(TestBlocks.KEY_GROUPS);
        environment.enableCheckpointing(200);
        return environment;
    }

    private static void build(StreamExecutionEnvironment environment, TestBlocks blocks, int first, Pipeline pipeline) {
        environment
                .fromSequence(first, Long.MAX_VALUE)
                .setParallelism(1)
                .uid("numbers-" + first)
                .flatMap(blocks)
                .returns(TypeInformation.of(GradientBlock.class))
                .setParallelism(1)
                .uid("blocks-" + first)
                .keyBy(GradientBlock::key, Types.INT)
                .transform(
                        "rows",
                        TypeInformation.of(PublishRecord.class),
                        new RowsOperatorFactory(pipeline, LINEAGE, HOT_ROWS))
                .uid("rows")
                .sinkTo(new DiscardingSink<>());
    }

    /** Runs a job until it has seen its blocks, and gives the path of its savepoint. */
    private static String run(
            StreamExecutionEnvironment environment, TestBlocks blocks, Path folder, SavepointFormatType format)
            throws Exception {
        JobClient job = environment.executeAsync();
        blocks.awaitAllSentAndACheckpoint();
        try {
            return job.stopWithSavepoint(false, folder.toUri().toString(), format)
                    .get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            job.getJobExecutionResult().get(2, TimeUnit.MINUTES); // Fails with what the job failed by.
            throw e;
        }
    }

    private void apply(GradientBlock block, RowTables rows) {
        int gradientOffset = 0;
        for (TableSpec spec : specs) {
            int from = block.tableStarts()[spec.index()];
            int count = block.tableStarts()[spec.index() + 1] - from;
            rows.apply(spec.index(), block.ids(), from, count, block.gradients(), gradientOffset, block.timeMs());
            gradientOffset += count * spec.width();
        }
    }

    private Map<String, StoredRow> rowsOf(RowTables tables) {
        Map<String, StoredRow> rows = new TreeMap<>();
        for (TableSpec spec : specs) {
            for (long id = 0; id < TestBlocks.IDS; id++) {
                String name = spec.name() + " " + id;
                tables.peek(spec.index(), id).ifPresent(row -> rows.put(name, row));
            }
        }
        return rows;
    }

    /** What Flink's State Processor API finds, which knows nothing of ours but the names and types of the states. */
    private Map<String, StoredRow> rowsOf(String savepoint) throws Exception {
        Map<String, StoredRow> rows = new TreeMap<>();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1);
        for (TableSpec spec : specs) {
            SavepointReader reader = SavepointReader.read(environment, savepoint, new EmbeddedRocksDBStateBackend());
            try (CloseableIterator<Tuple3<Integer, Long, byte[]>> found = reader.readKeyedState(
                            OperatorIdentifier.forUid("rows"),
                            new ReadRows("rows." + spec.name()),
                            Types.INT,
                            Types.TUPLE(Types.INT, Types.LONG, Types.PRIMITIVE_ARRAY(Types.BYTE)))
                    .executeAndCollect()) {
                while (found.hasNext()) {
                    Tuple3<Integer, Long, byte[]> row = found.next();
                    StoredRow before = rows.put(
                            spec.name() + " " + row.f1, new RowCodec(spec).decode(row.f1, ByteBuffer.wrap(row.f2)));
                    assertThat(before).as("a second row %d", row.f1).isNull();
                    assertThat(row.f0).isEqualTo(new TestBlocks(specs).keyOf(spec, row.f1));
                }
            }
        }
        return rows;
    }

    /** Reads a map state: key of the key group, id, bytes. */
    private static final class ReadRows extends KeyedStateReaderFunction<Integer, Tuple3<Integer, Long, byte[]>> {
        private static final long serialVersionUID = 1L;
        private final String name;
        private transient MapState<Long, byte[]> state;

        ReadRows(String name) {
            this.name = name;
        }

        @Override
        public void open(OpenContext context) {
            state = getRuntimeContext()
                    .getMapState(new MapStateDescriptor<>(
                            name, Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        }

        @Override
        public void readKey(Integer key, Context context, Collector<Tuple3<Integer, Long, byte[]>> out)
                throws Exception {
            List<Map.Entry<Long, byte[]>> rows = new ArrayList<>();
            state.entries().forEach(rows::add);
            for (Map.Entry<Long, byte[]> row : rows) {
                out.collect(Tuple3.of(key, row.getKey(), row.getValue()));
            }
        }
    }
}
