package io.freshet.flink.train;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.publish.LineageState;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.rows.GradientBlock;
import io.freshet.flink.rows.LocalRowReader;
import io.freshet.store.table.TableSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Collects examples to batches and learns from them; runs with parallelism 1, since it holds the dense weights.
 *
 * <p>Binds {@link BatchTrainer} to the stream and to state. A batch is trained when it is full, when its first example
 * has waited for {@code training.linger}, or at the end of the input, and never because of a checkpoint. The dense part of
 * a version leaves just before the barrier of its checkpoint.
 */
public final class TrainOperator extends AbstractStreamOperator<GradientBlock>
        implements OneInputStreamOperator<JoinedExample, GradientBlock>, ProcessingTimeCallback {
    /** Dense weights and version records on their way to the servers. */
    public static final OutputTag<PublishRecord> DENSE_UPDATES = new OutputTag<>("dense-updates") {
        private static final long serialVersionUID = 1L;
    };

    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private final RowsLayout rowsLayout;
    private final LineageState lineage;

    private transient TrainerState state;
    private transient BatchTrainer trainer;
    private transient DenseVersions versions;
    private transient TrainMetrics metrics;
    private transient List<JoinedExample> batch;
    private transient boolean finished;
    private transient long watermarkMs;
    /** When the batch under way has waited long enough, by the wall clock. */
    private transient long deadlineMs;

    /** At most one timer is set: one that finds a younger batch is set again for that. */
    private transient boolean isTimerSet;

    /** How the rows operator behind this one is laid out. */
    public record RowsLayout(int parallelism, int maxParallelism) implements Serializable {}

    /** A trainer for a pipeline; {@code newLineage} begins when there is no state to go on from. */
    public TrainOperator(Pipeline pipeline, String newLineage, RowsLayout rowsLayout) {
        this.pipeline = pipeline;
        this.rowsLayout = rowsLayout;
        this.lineage = new LineageState(pipeline, newLineage);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new TrainerState(context.getOperatorStateStore());
        lineage.initialize(context);
        LocalRowReader rows = new LocalRowReader(
                getRuntimeContext().getJobInfo().getJobId(),
                TableSpec.of(pipeline),
                rowsLayout.maxParallelism(),
                rowsLayout.parallelism());
        trainer = BatchTrainer.open(pipeline, rows, rowsLayout.maxParallelism(), state.dense(), state.metrics());
        versions = new DenseVersions(
                pipeline, rowsLayout.parallelism(), trainer.progress().getSteps());
        batch = new ArrayList<>(state.waiting());
        watermarkMs = Long.MIN_VALUE;
    }

    @Override
    public void open() throws Exception {
        super.open();
        metrics = new TrainMetrics(getMetricGroup(), trainer, pipeline);
        if (!batch.isEmpty()) {
            linger();
        }
    }

    @Override
    public void processElement(StreamRecord<JoinedExample> record) {
        batch.add(record.getValue());
        // More than full when it was restored under a larger batch size.
        if (batch.size() >= pipeline.training().batchSize()) {
            train();
        } else if (batch.size() == 1) {
            linger();
        }
    }

    private void linger() {
        long lingerMs = pipeline.training().linger().toMillis();
        if (lingerMs > 0) {
            deadlineMs = getProcessingTimeService().getCurrentProcessingTime() + lingerMs;
            setTimer();
        }
    }

    private void setTimer() {
        if (!isTimerSet) {
            isTimerSet = true;
            getProcessingTimeService().registerTimer(deadlineMs, this);
        }
    }

    @Override
    public void onProcessingTime(long timestamp) {
        isTimerSet = false;
        if (batch.isEmpty()) {
            return;
        }
        if (timestamp >= deadlineMs) {
            train();
        } else {
            setTimer();
        }
    }

    private void train() {
        metrics.stepBegins();
        List<GradientBlock> blocks = trainer.train(batch);
        metrics.stepEnds(batch.size());
        for (GradientBlock block : blocks) {
            output.collect(new StreamRecord<>(block));
        }
        batch.clear();
    }

    @Override
    public void finish() throws Exception {
        if (!batch.isEmpty()) {
            train();
        }
        // Not at the last savepoint's barrier: it comes after this, and the sink takes nothing more by then.
        cutVersion(lineage.checkpointIdAtEnd());
        finished = true;
        super.finish();
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMs = mark.getTimestamp();
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        if (!finished) {
            lineage.checkpointBegins(checkpointId);
            cutVersion(checkpointId);
        }
    }

    private void cutVersion(long checkpointId) {
        List<PublishRecord> records = versions.cut(lineage, checkpointId, watermarkMs, trainer);
        for (PublishRecord out : records) {
            metrics.published(out);
            output.collect(DENSE_UPDATES, new StreamRecord<>(out));
        }
        metrics.versionCut(lineage.position());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        state.write(trainer.dense(), trainer.metrics(), batch);
        lineage.snapshot();
        super.snapshotState(context);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        lineage.checkpointCompleted(checkpointId);
    }

    @Override
    public void close() throws Exception {
        if (trainer != null) {
            trainer.close();
        }
        super.close();
    }
}
