package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is no finite number changes nothing, and is named where it begins. */
class FaultTest {
    private static final long SEED = 17;

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());
    private final TrainingConfig config = Pipelines.training();
    private final MovieStream stream = new MovieStream(plan, SEED);

    private TrainingStep untrained() {
        return new TrainingStep(plan, config, DenseState.initial(plan, config));
    }

    /** Runs a batch that must be skipped, and then a good one, which must not. */
    private static Fault faultOf(TrainingStep step, MovieStream.Next bad, MovieStream.Next good) {
        DenseState before = step.snapshot();
        StepResult result = step.run(bad.batch(), bad.labels());
        DenseState after = step.snapshot();
        assertThat(result.fault()).as("seed %d", SEED).isPresent();
        DenseState counted = new DenseState(
                before.fingerprint(),
                after.steps(),
                after.skipped(),
                before.weights(),
                before.optimizer(),
                before.positives(),
                before.negatives());
        assertThat(after.toBytes()).isEqualTo(counted.toBytes());
        assertThat(after.steps()).isEqualTo(before.steps() + 1);
        assertThat(after.skipped()).isEqualTo(before.skipped() + 1);
        for (TableBatch table : bad.batch().tables()) {
            int used = table.count() * table.table().width();
            assertThat(Arrays.copyOf(table.gradients(), used)).containsOnly(0);
        }
        if (good != null) {
            assertThat(step.run(good.batch(), good.labels()).fault()).isEmpty();
            assertThat(step.snapshot().weights()).isNotEqualTo(after.weights());
        }
        return result.fault().get();
    }

    @Test
    void aRowThatIsNotFiniteIsNamedByTableAndId() {
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = stream.next(8);
            TableBatch items = next.batch().table(1);
            items.rows().put(2 * items.table().width() + 3, Float.NaN);
            Fault fault = faultOf(step, next, new MovieStream(plan, SEED).next(8));
            assertThat(fault.place()).isEqualTo("rows.item");
            assertThat(fault.detail()).isEqualTo("the row of id " + items.ids()[2] + " holds NaN.");
        }
    }

    @Test
    void aNumberThatIsNotFiniteIsNamedByItsFeature() {
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = stream.next(8);
            next.batch().numberMemory().floats().put(5, Float.POSITIVE_INFINITY);
            assertThat(faultOf(step, next, new MovieStream(plan, SEED).next(8)))
                    .isEqualTo(new Fault("numbers.age", "example 5 of the batch has Infinity."));
        }
    }

    @Test
    void anOverflowInALayerIsNamedByTheLayer() {
        float[] weights = DenseState.initial(plan, config).weights();
        for (Parameter parameter : plan.program().parameters()) {
            if (parameter.name().startsWith("block.1.token_ffn.gate_up")) {
                Arrays.fill(weights, parameter.offset(), parameter.offset() + parameter.size(), 1e30f);
            }
        }
        try (TrainingStep step = new TrainingStep(plan, config, state(weights))) {
            Fault fault = faultOf(step, stream.next(8), null);
            assertThat(fault.place()).startsWith("block.1");
            assertThat(fault.detail()).contains("first result that is not finite");
        }
    }

    @Test
    void aWeightThatIsNotFiniteIsNamedByItsParameter() {
        float[] weights = DenseState.initial(plan, config).weights();
        Parameter gain = plan.program().parameters().stream()
                .filter(parameter -> parameter.name().equals("final_norm"))
                .findFirst()
                .orElseThrow();
        weights[gain.offset() + 1] = Float.NaN;
        try (TrainingStep step = new TrainingStep(plan, config, state(weights))) {
            assertThat(faultOf(step, stream.next(8), null))
                    .isEqualTo(new Fault("final_norm", "a weight is not finite."));
        }
    }

    @Test
    void aGradientThatOverflowsIsNamedNearestToTheLoss() {
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = stream.next(4);
            float[] heavy = {3e38f, 1, 1, 1}; // The loss stays finite; what it is differentiated by does not.
            MovieStream.Next bad =
                    new MovieStream.Next(next.batch(), new Labels(next.labels().labels(), heavy));
            assertThat(faultOf(step, bad, new MovieStream(plan, SEED).next(8)).place())
                    .startsWith("gradient");
        }
    }

    @Test
    void aLabelThatIsMissingIsMaskedAndNoFault() {
        try (TrainingStep step = untrained()) {
            MovieStream.Next next = stream.next(2);
            float[] unknown = {Float.NaN, Float.NaN};
            float[] before = step.weights();
            StepResult result =
                    step.run(next.batch(), new Labels(unknown, next.labels().weights()));
            assertThat(result.fault()).isEmpty();
            assertThat(result.loss()).isZero();
            assertThat(step.weights()).isEqualTo(before);
        }
    }

    private DenseState state(float[] weights) {
        DenseState initial = DenseState.initial(plan, config);
        return new DenseState(
                initial.fingerprint(), 0, 0, weights, initial.optimizer(), initial.positives(), initial.negatives());
    }
}
