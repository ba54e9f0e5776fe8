package io.freshet.flink.rows;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.publish.LineageState;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.publish.RowUpdates;
import io.freshet.flink.publish.VersionPosition;
import io.freshet.store.codec.RoundTripError;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.RocksRows;
import io.freshet.store.table.ChangedRowConsumer;
import io.freshet.store.table.LifeCounts;
import io.freshet.store.table.RowCounts;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import io.freshet.store.table.WriteBehindPace;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Owns the rows of a range of key groups: applies gradients, answers reads, and cuts its part of every version.
 *
 * <p>Binds {@link RowTables} to keyed state and to the stream, and holds no rule of its own. The changed rows of a version
 * leave just before the barrier of its checkpoint, so that they belong to the same checkpoint as the state they show.
 */
final class RowsOperator extends AbstractStreamOperator<PublishRecord>
        implements OneInputStreamOperator<GradientBlock, PublishRecord> {
    private static final long serialVersionUID = 1L;

    /** In place of a number of hot rows. */
    static final int AS_MEMORY_ALLOWS = 0;
    /** So many dirty rows are left to the barrier, which writes them in some 50 ms. */
    private static final int DIRTY_ROWS_KEPT = 20_000;

    private static final int ROWS_BETWEEN_LOOKS = 4_096;

    /** Rows of each table that a sweep looks at between two looks. */
    private static final int ROWS_SWEPT = 4_096;

    private final transient StreamOperatorParameters<PublishRecord> parameters;
    private final Pipeline pipeline;
    private final LineageState lineage;
    private final int maxHotRows;

    private transient List<TableSpec> specs;
    private transient RowTables tables;
    /** Where the rows are in Flink's RocksDB; null with another backend. */
    private transient RocksRows rocksRows;

    private transient RowShards.Address address;
    private transient RowShard shard;
    private transient RowUpdates.Layout layout;
    private transient Counter publishedBytes;
    private transient Counter publishedRows;
    private transient Counter saturatedWeights;

    /** Of the last version. */
    private transient volatile RoundTripError roundTripError;

    private transient boolean finished;
    private transient int rowsSinceLook;
    private transient WriteBehindPace pace;
    /** As of the last look, for the threads that report metrics. */
    private transient volatile RowCounts counts;

    private transient volatile LifeCounts lifeCounts;

    RowsOperator(
            StreamOperatorParameters<PublishRecord> parameters, Pipeline pipeline, String newLineage, int maxHotRows) {
        super(parameters);
        this.parameters = parameters;
        this.pipeline = pipeline;
        this.lineage = new LineageState(pipeline, newLineage);
        this.maxHotRows = maxHotRows;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        TaskInfo task = getRuntimeContext().getTaskInfo();
        int maxParallelism = task.getMaxNumberOfParallelSubtasks();
        specs = TableSpec.of(pipeline);
        RowStates states = new RowStates(
                specs,
                new KeyGroupKeys(maxParallelism),
                KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                        maxParallelism, task.getNumberOfParallelSubtasks(), subtask()),
                context.getKeyedStateStore(),
                getKeyedStateBackend());
        rocksRows = states.direct().orElse(null);
        DurableRows durable = rocksRows == null ? states.throughFlink() : rocksRows;
        tables = maxHotRows == AS_MEMORY_ALLOWS
                ? new RowTables(specs, durable, maxParallelism)
                : new RowTables(specs, durable, maxParallelism, maxHotRows);
        lineage.initialize(context);
        if (lineage.isNew() && context.isRestored()) {
            tables.markAllChanged();
        }
        layout = new RowUpdates.Layout(
                PipelineTopics.of(pipeline).rows(),
                pipeline.publish().rowPartitions(),
                task.getNumberOfParallelSubtasks(),
                maxParallelism,
                RowEncoding.of(pipeline.publish().precision()));
    }

    @Override
    public void open() throws Exception {
        super.open();
        MetricGroup metrics = getMetricGroup().addGroup("freshet");
        counts = tables.counts();
        metrics.gauge("hotRows", () -> counts.hotRows());
        metrics.gauge("dirtyRows", () -> counts.dirtyRows());
        metrics.gauge("hitRate", () -> counts.hitRate());
        metrics.gauge("hotBytes", () -> counts.hotBytes());
        metrics.gauge("evictions", () -> counts.evictions());
        metrics.gauge("skippedRowSteps", () -> counts.skippedSteps());
        lifeCounts = tables.lifeCounts();
        metrics.gauge("rows", () -> lifeCounts.rows());
        metrics.gauge("expiredRows", () -> lifeCounts.expired());
        metrics.gauge("wouldExpire", () -> lifeCounts.wouldExpire());
        metrics.gauge("unsweptRows", () -> lifeCounts.unswept());
        metrics.gauge("notAdmitted", () -> lifeCounts.notAdmitted());
        metrics.gauge("admissionErrorBound", () -> lifeCounts.admissionErrorBound());
        publishedBytes = metrics.counter("publishedRowBytes");
        publishedRows = metrics.counter("publishedRows");
        saturatedWeights = metrics.counter("saturatedWeights");
        roundTripError = new RoundTripError();
        metrics.gauge("roundTripErrorMax", () -> roundTripError.max());
        metrics.gauge("roundTripErrorMean", () -> roundTripError.mean());

        pace = new WriteBehindPace(pipeline.publish().every(), DIRTY_ROWS_KEPT, System.nanoTime());
        shard = new RowShard(tables, parameters.getMailboxExecutor());
        address = new RowShards.Address(getRuntimeContext().getJobInfo().getJobId(), subtask());
        RowShards.open(address, shard);
    }

    @Override
    public void processElement(StreamRecord<GradientBlock> record) {
        GradientBlock block = record.getValue();
        int gradientOffset = 0;
        for (TableSpec spec : specs) {
            int from = block.tableStarts()[spec.index()];
            int count = block.tableStarts()[spec.index() + 1] - from;
            tables.apply(spec.index(), block.ids(), from, count, block.gradients(), gradientOffset, block.timeMs());
            gradientOffset += count * spec.width();
        }
        rowsSinceLook += block.ids().length;
        if (rowsSinceLook >= ROWS_BETWEEN_LOOKS) {
            rowsSinceLook = 0;
            counts = tables.counts();
            tables.sweep(ROWS_SWEPT);
            tables.writeBehind(pace.rowsToWrite((int) counts.dirtyRows(), System.nanoTime()));
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        if (!finished) {
            lineage.checkpointBegins(checkpointId);
            cutVersion(checkpointId);
        }
    }

    @Override
    public void finish() throws Exception {
        // Not at the last savepoint's barrier: it comes after this, and the sink takes nothing more by then.
        cutVersion(lineage.checkpointIdAtEnd());
        finished = true;
        super.finish();
    }

    private void cutVersion(long checkpointId) {
        VersionPosition base = lineage.base();
        VersionPosition version = lineage.advance(checkpointId);
        RowUpdates updates = new RowUpdates(layout, version, subtask(), this::emit);
        tables.drainChanged(checkpointId, new ChangedRowConsumer() {
            @Override
            public void row(int keyGroup, int table, long id, float[] weights) {
                updates.row(keyGroup, specs.get(table), id, weights);
            }

            @Override
            public void gone(int keyGroup, int table, long id) {
                updates.tombstone(keyGroup, specs.get(table).name(), id);
            }
        });
        updates.close(base);
        publishedRows.inc(updates.rowsWritten());
        saturatedWeights.inc(updates.saturatedWeights());
        roundTripError = updates.roundTripError();
        counts = tables.counts();
        lifeCounts = tables.lifeCounts();
    }

    private void emit(PublishRecord out) {
        publishedBytes.inc(out.key().length + out.value().length);
        output.collect(new StreamRecord<>(out));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        tables.flush();
        pace.barrier(System.nanoTime());
        lineage.snapshot();
        super.snapshotState(context);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        lineage.checkpointCompleted(checkpointId);
        tables.committed(checkpointId);
    }

    @Override
    public void close() throws Exception {
        if (shard != null) {
            RowShards.close(address, shard);
        }
        if (rocksRows != null) {
            rocksRows.close();
        }
        super.close();
    }

    private int subtask() {
        return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    }
}
