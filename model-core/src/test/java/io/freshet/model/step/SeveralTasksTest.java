package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.metric.ProgressiveMetrics;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Click, buy given click, their product and the seconds watched, from training to scoring. */
class SeveralTasksTest {
    private static final long SEED = 23;
    private static final int B = 64;
    private static final int CLICK = 0;
    private static final int BUY = 1;
    private static final int BOTH = 2;
    private static final int SECONDS = 3;

    private final Pipeline pipeline = PipelineFile.parse("""
            name: tasks
            tables: {item: {dimension: 4}}
            features:
              - {name: item, slot: id, table: item}
              - {name: age, slot: number, group: other}
            tasks:
              - {name: click, window: 1h}
              - {name: buy, window: 1h, given: click, weight: 0}
              - {name: both, type: product, of: buy}
              - {name: seconds, window: 1h, type: regression, given: click, loss: huber, huber-delta: 2}
            ranker: {width: 8, layers: 1, heads: 2}
            training: {device: cpu, optimizer: {type: adam, learning-rate: 0.01}}
            """, Map.of());
    private final ModelPlan plan = ModelPlan.of(pipeline);
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final BatchAssembler assembler = new BatchAssembler(plan);

    /** Half are clicked; a quarter of those, half of them where age is 1, buy; seconds are 5, and 9 where age is 1. */
    private Labels next() {
        float[] labels = new float[4 * B];
        List<EncodedFeatures> examples = new ArrayList<>();
        for (int i = 0; i < B; i++) {
            int age = random.nextInt(2);
            boolean click = random.nextBoolean();
            examples.add(new EncodedFeatures(new long[] {1}, new int[] {0, 1}, new float[] {age}));
            labels[4 * i + CLICK] = click ? 1 : 0;
            labels[4 * i + BUY] = click && random.nextInt(4) < (age == 1 ? 2 : 1) ? 1 : 0;
            labels[4 * i + BOTH] = Float.NaN;
            labels[4 * i + SECONDS] = click ? 5 + 4 * age : Float.NaN;
        }
        float[] weights = new float[B];
        Arrays.fill(weights, 1);
        batch = assembler.assemble(examples);
        batch.table(0).rows().put(new float[5]);
        return new Labels(labels, weights);
    }

    private RankerBatch batch;

    @Test
    void everyTaskLearnsAndIsScoredAsWhatItIs() {
        ProgressiveMetrics lately = new ProgressiveMetrics(plan.taskConfigs(), 2_000);
        try (TrainingStep step =
                        new TrainingStep(plan, pipeline.training(), DenseState.initial(plan, pipeline.training()));
                Scorer scorer = new Scorer(plan, "cpu")) {
            for (int i = 0; i < 400; i++) {
                Labels labels = next();
                StepResult result = step.run(batch, labels);
                lately.add(result.logits(), result.targets(), labels.weights());
            }
            next();
            try (DenseWeights weights = scorer.load(step.weights())) {
                float[] scores = scorer.score(weights, batch);
                for (int i = 0; i < B; i++) {
                    float age = batch.numberMemory().floats().get(i);
                    assertThat(scores[4 * i + BOTH])
                            .isCloseTo(scores[4 * i + CLICK] * scores[4 * i + BUY], within(1e-6f));
                    // Through the product alone, for buy's own weight is 0.
                    assertThat(scores[4 * i + BUY])
                            .as("seed %d", SEED)
                            .isCloseTo(age == 1 ? 0.5f : 0.25f, within(0.15f));
                    assertThat(scores[4 * i + SECONDS]).as("seed %d", SEED).isCloseTo(5 + 4 * age, within(1f));
                }
            }
            assertThat(step.snapshot().positives()[BOTH])
                    .as("a product's prior")
                    .isZero();
            assertThat(step.snapshot().negatives()[SECONDS])
                    .as("a regression's prior")
                    .isZero();
            assertThat(step.snapshot().negatives()[BUY])
                    .as("only what was clicked counts")
                    .isLessThan(0.5 * 400 * B);
        }
        assertThat(lately.window(BOTH).examples()).isEqualTo(2_000);
        assertThat(lately.whole(BUY).examples())
                .isEqualTo(lately.whole(SECONDS).examples())
                .isLessThan(400 * B);
        assertThat(lately.window(SECONDS).meanSquaredError())
                .as("seed %d", SEED)
                .isLessThan(1);
        assertThat(lately.window(SECONDS).calibration()).isCloseTo(1, within(0.05));
        assertThat(lately.window(BOTH).calibration()).isCloseTo(1, within(0.2));
    }
}
