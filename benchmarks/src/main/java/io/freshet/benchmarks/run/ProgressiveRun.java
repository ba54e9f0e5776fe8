package io.freshet.benchmarks.run;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * One pass of a pipeline's ranker over a stream, batch by batch: rows are read, the step scores and learns, rows learn.
 * The dense weights, the rows and their optimizers are those of the online job; only the join is not there. A pass uses
 * the calling thread alone; two passes may run at once.
 */
public final class ProgressiveRun {
    /** At most so many rows of a table. */
    static final int ROWS_MAX = 1 << 22;

    private final ModelPlan plan;
    private final Pipeline pipeline;
    private final Scores scores = new Scores();

    /** A pass with the rankers, rows, batch size and seed of a pipeline. */
    public ProgressiveRun(Pipeline pipeline) {
        this.pipeline = pipeline;
        plan = ModelPlan.of(pipeline);
    }

    /**
     * Scores and learns every example.
     *
     * @throws IllegalStateException if the ranker stops giving finite logits
     */
    public Quality over(Iterator<Example> stream) {
        return over(stream, (batch, examples, step) -> {});
    }

    /** Looks at a batch whose rows are read, before it is learnt; leaves it as it is. */
    @FunctionalInterface
    public interface Watcher {
        /** @param step that is going to learn the batch */
        void beforeStep(RankerBatch batch, List<Example> examples, TrainingStep step);
    }

    /** Does the same while somebody looks on. */
    public Quality over(Iterator<Example> stream, Watcher watcher) {
        long start = System.nanoTime();
        RowTables rows = new RowTables(TableSpec.of(pipeline), new NoDurableRows(), 1, ROWS_MAX);
        DenseState initial = DenseState.initial(plan, pipeline.training());
        try (TrainingStep step = new TrainingStep(plan, pipeline.training(), initial)) {
            BatchAssembler assembler = new BatchAssembler(plan);
            List<Example> examples = new ArrayList<>();
            while (stream.hasNext()) {
                examples.add(stream.next());
                if (examples.size() == pipeline.training().batchSize() || !stream.hasNext()) {
                    RankerBatch batch = read(rows, assembler, examples);
                    watcher.beforeStep(batch, examples, step);
                    learn(step, rows, batch, examples);
                    examples.clear();
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return scores.quality(plan.priorOffset(), seconds);
    }

    private static RankerBatch read(RowTables rows, BatchAssembler assembler, List<Example> examples) {
        List<EncodedFeatures> features =
                examples.stream().map(Example::features).toList();
        RankerBatch batch = assembler.assemble(features);
        for (TableBatch table : batch.tables()) {
            rows.gather(table.table().index(), table.ids(), 0, table.count(), table.rows());
        }
        return batch;
    }

    private void learn(TrainingStep step, RowTables rows, RankerBatch batch, List<Example> examples) {
        float[] labels = new float[examples.size()];
        float[] weights = new float[examples.size()];
        Arrays.fill(weights, 1);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = examples.get(i).label() ? 1 : 0;
        }
        StepResult result = step.run(batch, new Labels(labels, weights));
        for (int i = 0; i < labels.length; i++) {
            scores.add(result.logits()[i], examples.get(i).label());
        }
        for (TableBatch table : batch.tables()) {
            rows.apply(table.table().index(), table.ids(), 0, table.count(), table.gradients(), 0, 0);
        }
    }
}
