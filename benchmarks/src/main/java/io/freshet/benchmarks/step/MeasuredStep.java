package io.freshet.benchmarks.step;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.TrainingStep;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The step that trainers run, on one made-up batch over and over. The learning rate is so small that the weights hardly
 * move.
 */
final class MeasuredStep implements AutoCloseable {
    private static final long SEED = 7;

    private final ModelPlan plan;
    private final long seed;
    private final TrainingStep step;
    private final RankerBatch batch;
    private final List<EncodedFeatures> examples;
    private final Labels labels;

    MeasuredStep(Pipeline pipeline, int batchSize) {
        plan = ModelPlan.of(pipeline);
        seed = pipeline.training().seed();
        step = new TrainingStep(plan, pipeline.training(), DenseState.initial(plan, pipeline.training()));
        SplittableRandom random = new SplittableRandom(SEED);
        examples = examples(batchSize, plan.features().numbers().size(), random);
        batch = new BatchAssembler(plan).assemble(examples);
        FloatBuffer rows = batch.table(0).rows();
        while (rows.hasRemaining()) {
            rows.put((float) random.nextGaussian() / 2);
        }
        float[] drawn = new float[batchSize];
        float[] weights = new float[batchSize];
        for (int i = 0; i < batchSize; i++) {
            drawn[i] = random.nextInt(2);
            weights[i] = 1;
        }
        labels = new Labels(drawn, weights);
    }

    private static List<EncodedFeatures> examples(int count, int numbers, SplittableRandom random) {
        List<EncodedFeatures> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] values = new float[numbers];
            for (int n = 0; n < numbers; n++) {
                values[n] = (float) random.nextGaussian();
            }
            long[] id = {random.nextInt(StepPipeline.ROWS)};
            examples.add(new EncodedFeatures(id, new int[] {0, 1}, values));
        }
        return examples;
    }

    /** One step; its loss. */
    double run() {
        return step.run(batch, labels).loss();
    }

    ModelPlan plan() {
        return plan;
    }

    /** Weights before the first step. */
    float[] initialWeights() {
        return plan.initialDense(seed);
    }

    /** The batch's inputs by name, each with its shape, as the Python peer reads them. */
    List<PeerFiles.Array> inputs() {
        int size = labels.weights().length;
        int rowCount = batch.table(0).count();
        int width = batch.table(0).table().width();
        float[] rows = new float[rowCount * width];
        batch.table(0).rows().get(rows);
        float[] places = new float[size];
        int[] indices = new int[size];
        batch.table(0).indexMemory().ints().get(indices);
        for (int i = 0; i < size; i++) {
            places[i] = indices[i];
        }
        int numbers = plan.features().numbers().size();
        float[] flat = new float[size * numbers];
        for (int i = 0; i < size; i++) {
            System.arraycopy(examples.get(i).numbers(), 0, flat, i * numbers, numbers);
        }
        return List.of(
                new PeerFiles.Array("rows", rows, rowCount, width),
                new PeerFiles.Array("indices", places, size),
                new PeerFiles.Array("numbers", flat, size, numbers),
                new PeerFiles.Array("labels", Arrays.copyOf(labels.labels(), size), size));
    }

    @Override
    public void close() {
        step.close();
    }
}
