package io.freshet.flink.train;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RestoreConfig.ModelChanged;
import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.Progress;
import io.freshet.flink.encode.EncodedExample;
import io.freshet.flink.encode.ExampleEncoder;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.rows.GradientBlock;
import io.freshet.flink.rows.GradientRouter;
import io.freshet.flink.rows.RowReader;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.metric.ExpertLoad;
import io.freshet.model.metric.ExpertLoads;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from one batch at a time: encode, read rows, step, note what was predicted, send the row gradients off.
 *
 * <p>Knows no Flink operator. One thread; {@link #progress} may be read from others.
 */
final class BatchTrainer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchTrainer.class);

    /** Metrics over histograms are not worth computing more often: people and reporters look every second at most. */
    private static final long PROGRESS_EVERY_NANOS = 500_000_000L;

    /** Examples; so many that each expert of a hundred would see some hundred rows. */
    private static final int LOAD_SPAN = 10_000;

    private final ModelPlan plan;
    private final ExampleEncoder encoder;
    private final BatchAssembler assembler;
    private final RowReader rows;
    private final TrainingStep step;
    private final GradientRouter router;
    private final TrainProgress progress;
    private final SkippedSteps skips = new SkippedSteps();
    private final ExpertLoads experts = new ExpertLoads(LOAD_SPAN);
    private final CompletionCounts completions = new CompletionCounts();
    private final PredictionListener listener;

    private volatile Progress published;
    private volatile List<ExpertLoad> publishedExperts = List.of();
    private long publishedAtNanos;
    private volatile long learntExamples;
    private volatile long steps;
    private volatile long newestCompletedAtMs;

    private BatchTrainer(Pipeline pipeline, RowReader rows, GradientRouter router, Saved saved) {
        this.plan = ModelPlan.of(pipeline);
        this.encoder = new ExampleEncoder(pipeline);
        this.assembler = new BatchAssembler(plan);
        this.rows = rows;
        this.router = router;
        Optional<DenseState> restored = saved.restored(plan, pipeline);
        DenseState dense = restored.orElseGet(() -> DenseState.initial(plan, pipeline.training()));
        this.step = new TrainingStep(plan, pipeline.training(), dense);
        this.progress =
                new TrainProgress(plan.taskConfigs(), dense, restored.isPresent() ? saved.metrics : new byte[0]);
        this.listener = PredictionListeners.of(pipeline.name());
        this.published = progress.toProto();
        this.learntExamples = published.getExamples();
        this.steps = published.getSteps();
    }

    /** What a checkpoint held; empty arrays for a start from nothing. */
    private record Saved(byte[] dense, byte[] metrics) {
        /** The dense state to go on from; empty for a start from nothing, or over. */
        Optional<DenseState> restored(ModelPlan plan, Pipeline pipeline) {
            if (dense.length == 0) {
                return Optional.empty();
            }
            DenseState state = DenseState.fromBytes(dense);
            boolean startsOver = pipeline.restore().modelChanged() == ModelChanged.START_OVER
                    && !state.fingerprint().equals(plan.fingerprint());
            if (startsOver) {
                LOG.warn(
                        "The state is of model {} after {} steps, this is model {}: its dense weights start over",
                        state.fingerprint(),
                        state.steps(),
                        plan.fingerprint());
            }
            return startsOver ? Optional.empty() : Optional.of(state);
        }
    }

    /**
     * A trainer that goes on from the given state, which is empty for an untrained model.
     *
     * @throws IllegalArgumentException when the state belongs to another model than the pipeline's, whose file does not say
     *     to start over
     */
    static BatchTrainer open(Pipeline pipeline, RowReader rows, int maxParallelism, byte[] dense, byte[] metrics) {
        GradientRouter router = new GradientRouter(TableSpec.of(pipeline), maxParallelism);
        return new BatchTrainer(pipeline, rows, router, new Saved(dense, metrics));
    }

    /**
     * Scores the batch, learns it, and gives the gradients of its rows; none when the step was skipped because something
     * was no finite number. The examples of such a batch count as trained and as skipped.
     */
    List<GradientBlock> train(List<JoinedExample> joined) {
        List<EncodedFeatures> features = new ArrayList<>(joined.size());
        int tasks = plan.tasks().size();
        Labels labels = new Labels(new float[joined.size() * tasks], new float[joined.size()]);
        long newestMs = Long.MIN_VALUE;
        for (JoinedExample raw : joined) {
            EncodedExample example = encoder.encode(raw);
            System.arraycopy(example.labels(), 0, labels.labels(), features.size() * tasks, tasks);
            labels.weights()[features.size()] = example.weight();
            features.add(example.features());
            newestMs = Math.max(newestMs, example.timeMs());
            completions.add(example.completedAtMs());
            newestCompletedAtMs = Math.max(newestCompletedAtMs, example.completedAtMs());
        }
        RankerBatch batch = assembler.assemble(features);
        for (TableBatch table : batch.tables()) {
            rows.read(table.table().index(), table.ids(), table.count(), table.rows());
        }
        StepResult result = step.run(batch, labels);
        note(result, labels);
        return result.fault().isEmpty() ? router.route(batch, newestMs) : List.of();
    }

    private void note(StepResult result, Labels labels) {
        if (result.fault().isEmpty()) {
            experts.add(labels.weights().length, result.experts());
        } else {
            Arrays.fill(labels.labels(), Float.NaN); // Nobody shall judge predictions that nothing was learnt with.
        }
        listener.onBatch(learntExamples, plan.predictions(result.logits()), labels.labels(), labels.weights());
        learntExamples += labels.weights().length; // Only this thread writes.
        steps++;
        progress.add(result, labels.weights());
        result.fault().ifPresent(fault -> skips.skipped(fault, labels.weights().length));
        long now = System.nanoTime();
        if (now - publishedAtNanos > PROGRESS_EVERY_NANOS) {
            publishedAtNanos = now;
            published = progress.toProto();
            publishedExperts = experts.lately();
        }
    }

    /** The dense weights, as servers get them. */
    float[] weights() {
        return step.weights();
    }

    /** See {@link ModelPlan#fingerprint}. */
    String fingerprint() {
        return plan.fingerprint();
    }

    /** Dense weights and optimizer state for a checkpoint. */
    byte[] dense() {
        return step.snapshot().toBytes();
    }

    /** Progressive metrics for a checkpoint. */
    byte[] metrics() {
        return progress.metricBytes();
    }

    /** Progress up to this moment; the task thread's view. */
    Progress progressNow() {
        published = progress.toProto();
        return published;
    }

    /** Progress as of half a second ago at most; any thread may ask. */
    Progress progress() {
        return published;
    }

    /** Layers that are mixtures of experts. */
    List<String> expertLayers() {
        return plan.expertLayers();
    }

    /**
     * How evenly those layers use their experts, over the last ten thousand examples or so, as of half a second ago at
     * most; any thread may ask. Empty before the first step.
     */
    List<ExpertLoad> experts() {
        return publishedExperts;
    }

    /** How many examples are trained, to the last one, those of skipped steps included; any thread may ask. */
    long learntExamples() {
        return learntExamples;
    }

    /** How many steps are made, to the last one; any thread may ask. */
    long steps() {
        return steps;
    }

    /** Wall-clock milliseconds since the newest learnt example was complete in Kafka; any thread may ask. */
    long stalenessMs() {
        return newestCompletedAtMs == 0 ? 0 : System.currentTimeMillis() - newestCompletedAtMs;
    }

    /** When the examples learnt since the last call were complete in Kafka. */
    List<CompletionBucket> drainCompletions() {
        return completions.drain();
    }

    @Override
    public void close() {
        step.close();
    }
}
