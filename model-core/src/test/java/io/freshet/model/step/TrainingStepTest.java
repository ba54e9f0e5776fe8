package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
    private static final long SEED = 11;
    private static final int[] SIZES = {32, 32, 5, 32, 1, 17, 32, 32};

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());
    private final TrainingConfig config = Pipelines.training();

    private TrainingStep untrained() {
        return new TrainingStep(plan, config, DenseState.initial(plan, config));
    }

    @Test
    void changesWeightsByAdagradsRule() {
        DenseState before = DenseState.initial(plan, config);
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = new MovieStream(plan, SEED).next(32);
            step.run(next.batch(), next.labels());
            DenseState after = step.snapshot();
            double rate = config.optimizer().learningRate();
            double moved = 0;
            double worst = 0;
            for (int i = 0; i < plan.priorOffset(); i++) {
                double square = squares(after)[i] - (double) squares(before)[i];
                double expected = rate * Math.sqrt(square / squares(after)[i]);
                double actual = Math.abs(after.weights()[i] - before.weights()[i]);
                worst = Math.max(worst, Math.abs(actual - expected));
                moved = Math.max(moved, actual);
            }
            // A square is known to half of an accumulator's last bit, 5e-10: 7e-7 of a step.
            assertThat(worst).isLessThan(1e-6);
            assertThat(moved)
                    .as("a fused optimizer that is dropped moves nothing")
                    .isGreaterThan(1e-4);
        }
    }

    /** Losses, and sums over all absolute row gradients, of the step when it still had the engine's autograd. */
    @Test
    void learnsAsItDidWithTheEnginesAutograd() {
        double[] losses = {0.6755939, 0.4584055, 0.5912879, 0.7191880, 0.6718862};
        double[] rowGradients = {240.857758, 189.398617, 205.130038, 316.734929, 322.731344};
        DenseState initial = DenseState.initial(plan, config);
        plan.program().parameters().stream()
                .filter(parameter -> parameter.name().endsWith("gate_up"))
                .forEach(parameter -> transpose(initial.weights(), parameter));
        try (TrainingStep step = new TrainingStep(plan, config, initial)) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int i = 0; i < losses.length; i++) {
                MovieStream.Next next = stream.next(32);
                double loss = step.run(next.batch(), next.labels()).loss();
                double rows = 0;
                for (TableBatch table : next.batch().tables()) {
                    for (float gradient : table.gradients()) {
                        rows += Math.abs(gradient);
                    }
                }
                assertThat(loss).isCloseTo(losses[i], within(1e-6));
                assertThat(rows).isCloseTo(rowGradients[i], within(1e-3));
            }
        }
    }

    /** From [N, W, 2m], as such weights were laid out then, to [N, 2m, W], which the parameter is now. */
    private static void transpose(float[] weights, Parameter parameter) {
        float[] then = Arrays.copyOfRange(weights, parameter.offset(), parameter.offset() + parameter.size());
        int both = parameter.shape().size(1);
        int width = parameter.shape().size(2);
        for (int i = 0; i < then.length; i++) {
            int matrix = i / (both * width) * both * width;
            weights[parameter.offset() + i] = then[matrix + i % width * both + i / width % both];
        }
    }

    private static float[] squares(DenseState state) {
        return state.optimizer().vectors().get(0);
    }

    @Test
    void learnsWhatTheExamplesTell() {
        try (TrainingStep step = untrained()) {
            MovieStream stream = new MovieStream(plan, SEED);
            double first = 0;
            double last = 0;
            for (int i = 0; i < 400; i++) {
                MovieStream.Next next = stream.next(32);
                double loss = step.run(next.batch(), next.labels()).loss();
                first += i < 50 ? loss : 0;
                last += i >= 350 ? loss : 0;
            }
            assertThat(last).as("seed %d", SEED).isLessThan(first * 0.8);
        }
    }

    @Test
    void endsWithTheSameBitsWhenRestoredMidway() {
        DenseState undisturbed;
        try (TrainingStep step = untrained()) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int size : SIZES) {
                MovieStream.Next next = stream.next(size);
                step.run(next.batch(), next.labels());
            }
            undisturbed = step.snapshot();
        }
        DenseState state = DenseState.initial(plan, config);
        MovieStream stream = new MovieStream(plan, SEED);
        for (int size : SIZES) {
            try (TrainingStep step = new TrainingStep(plan, config, DenseState.fromBytes(state.toBytes()))) {
                MovieStream.Next next = stream.next(size);
                step.run(next.batch(), next.labels());
                state = step.snapshot();
            }
        }
        assertThat(state).usingRecursiveComparison().isEqualTo(undisturbed);
        assertThat(state.steps()).isEqualTo(SIZES.length);
    }

    @Test
    void aRowsGradientDoesNotShrinkWithTheBatch() {
        float[] alone;
        float[] twice;
        try (TrainingStep step = untrained()) {
            alone = rowGradient(step, 1);
        }
        try (TrainingStep step = untrained()) {
            twice = rowGradient(step, 2);
        }
        for (int i = 0; i < alone.length; i++) {
            assertThat(twice[i]).isCloseTo(2 * alone[i], within(1e-5f * Math.abs(alone[i])));
        }
        assertThat(alone).isNotEqualTo(new float[alone.length]);
    }

    private float[] rowGradient(TrainingStep step, int copies) {
        EncodedFeatures example = new EncodedFeatures(new long[] {1, 2}, new int[] {0, 1, 2, 2, 2}, new float[1]);
        RankerBatch batch = new BatchAssembler(plan).assemble(Collections.nCopies(copies, example));
        batch.table(0).rows().put(new float[17]);
        batch.table(1).rows().put(new float[17]);
        float[] labels = new float[copies];
        float[] weights = new float[copies];
        Arrays.fill(weights, 1);
        step.run(batch, new Labels(labels, weights));
        return Arrays.copyOf(batch.table(0).gradients(), 17);
    }

    @Test
    void takesABatchThatNamesNoRowAtAll() {
        EncodedFeatures nothing = new EncodedFeatures(new long[0], new int[5], new float[] {1});
        try (TrainingStep step = untrained()) {
            RankerBatch batch = new BatchAssembler(plan).assemble(List.of(nothing, nothing));
            StepResult result = step.run(batch, new Labels(new float[] {1, 0}, new float[] {1, 1}));
            assertThat(batch.tables()).extracting(TableBatch::count).containsOnly(0);
            assertThat(result.logits()).hasSize(2).doesNotContain(Float.NaN);
            assertThat(step.weights()).doesNotContain(Float.NaN);
        }
    }

    @Test
    void anExampleOfWeightZeroTeachesNothing() {
        try (TrainingStep step = untrained()) {
            float[] before = step.weights();
            MovieStream.Next next = new MovieStream(plan, SEED).next(4);
            step.run(next.batch(), new Labels(next.labels().labels(), new float[4]));
            assertThat(step.weights()).isEqualTo(before);
        }
    }

    @Test
    void theLogOddsOfPastLabelsAreAddedFromTheNextBatchOn() {
        try (TrainingStep step = untrained()) {
            assertThat(step.weights()[plan.priorOffset()]).isZero();
            MovieStream.Next next = new MovieStream(plan, SEED).next(30);
            float[] negative = new float[30];
            step.run(next.batch(), new Labels(negative, next.labels().weights()));
            // 50 imagined examples, half of them positive, and 30 negatives.
            assertThat(step.weights()[plan.priorOffset()]).isCloseTo((float) Math.log(25.0 / 55), within(1e-6f));
        }
    }

    @Test
    void refusesLabelsOfAnotherCount() {
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = new MovieStream(plan, SEED).next(3);
            assertThatThrownBy(() -> step.run(next.batch(), new Labels(new float[2], new float[3])))
                    .hasMessageContaining("needs 3 labels, but got 2");
        }
    }

    @Test
    void refusesTheStateOfAnotherModel() {
        OptimizerState optimizer = OptimizerState.initial(config.optimizer(), 1);
        DenseState other = new DenseState("0123", 0, 0, new float[1], optimizer, new double[1], new double[1]);
        assertThatThrownBy(() -> new TrainingStep(plan, config, other))
                .hasMessageContaining("model 0123")
                .hasMessageContaining(plan.fingerprint());
    }

    @Test
    void refusesADeviceThatIsNotThere() {
        TrainingConfig gpu = new TrainingConfig(
                32, config.linger(), "cuda:99", 1, config.optimizer(), config.schedule(), 0, config.seed());
        assertThatThrownBy(() -> new TrainingStep(plan, gpu, DenseState.initial(plan, gpu)))
                .hasMessageContaining("cuda:99");
    }
}
