package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import io.freshet.contracts.pipeline.ScheduleConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.Labels;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every optimizer in the whole step, with everything that a step's end can do switched on. */
class OptimizersTest {
    private static final long SEED = 13;
    private static final double DECAY = 0.5;
    private static final double RATE = 0.01;

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());

    private static TrainingConfig config(Type type) {
        DenseOptimizerConfig defaults = DenseOptimizerConfig.of(type);
        DenseOptimizerConfig optimizer = new DenseOptimizerConfig(
                type,
                RATE,
                defaults.initialAccumulator(),
                defaults.beta1(),
                defaults.beta2(),
                defaults.epsilon(),
                defaults.momentum(),
                type == Type.SGD,
                DECAY,
                WhenChanged.REFUSE);
        ScheduleConfig schedule = new ScheduleConfig(ScheduleConfig.Type.COSINE, 2, 10, 0.1);
        return new TrainingConfig(32, Duration.ZERO, "cpu", 1, optimizer, schedule, 0.5, 7);
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void aRestoredStepGoesOnWithTheSameBits(Type type) {
        DenseState whole = trained(DenseState.initial(plan, config(type)), type, 0, 6);
        DenseState half = trained(DenseState.initial(plan, config(type)), type, 0, 3);
        DenseState restored = trained(DenseState.fromBytes(half.toBytes()), type, 3, 6);
        assertThat(restored.toBytes()).isEqualTo(whole.toBytes());
        assertThat(restored.optimizer().updates()).isEqualTo(6);
        assertThat(restored.weights()).isNotEqualTo(half.weights());
    }

    private DenseState trained(DenseState from, Type type, int firstBatch, int end) {
        MovieStream stream = new MovieStream(plan, SEED);
        try (TrainingStep step = new TrainingStep(plan, config(type), from)) {
            for (int i = 0; i < end; i++) {
                MovieStream.Next next = stream.next(5 + i);
                if (i >= firstBatch) {
                    step.run(next.batch(), next.labels());
                }
            }
            return step.snapshot();
        }
    }

    @Test
    void matricesDecayButGainsAndBiasesDoNot() {
        TrainingConfig config = config(Type.ADAMW);
        DenseState before = DenseState.initial(plan, config);
        try (TrainingStep step = new TrainingStep(plan, config, before)) {
            MovieStream.Next next = new MovieStream(plan, SEED).next(4);
            // Weights of 0 leave nothing but decay; the warm-up's first rate is half of the full one.
            step.run(next.batch(), new Labels(next.labels().labels(), new float[4]));
            float[] after = step.weights();
            float kept = (float) (1 - RATE / 2 * DECAY);
            for (Parameter parameter : plan.program().parameters()) {
                boolean constant = parameter.initial() instanceof Parameter.Initial.Constant;
                for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
                    float expected = constant ? before.weights()[i] : kept * before.weights()[i];
                    assertThat(Math.abs(after[i] - expected))
                            .as(parameter.name())
                            .isLessThanOrEqualTo(1e-6f * Math.abs(expected));
                }
            }
        }
    }

    @Test
    void aChangedOptimizerIsRefusedOrBeginsAfresh() {
        DenseState adam = trained(DenseState.initial(plan, config(Type.ADAM)), Type.ADAM, 0, 3);
        assertThat(catchThrowable(() -> new TrainingStep(plan, config(Type.SGD), adam)))
                .hasMessageContaining("the optimizer adam, but training.optimizer.type is sgd")
                .hasMessageContaining("when-changed");
        DenseOptimizerConfig reset =
                new DenseOptimizerConfig(Type.SGD, RATE, 0, 0, 0, 0, 0.9, false, 0, WhenChanged.RESET);
        try (TrainingStep step = new TrainingStep(plan, config(Type.SGD).with(reset), adam)) {
            assertThat(step.snapshot().weights()).isEqualTo(adam.weights());
            assertThat(step.snapshot().optimizer().updates()).isZero();
            assertThat(step.snapshot().optimizer().vectors()).hasSize(1);
            assertThat(step.snapshot().steps()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void learnsWhatTheExamplesTell(Type type) {
        DenseOptimizerConfig optimizer = DenseOptimizerConfig.of(type);
        TrainingConfig config = Pipelines.training().with(optimizer);
        double[] losses = new double[200];
        try (TrainingStep step = new TrainingStep(plan, config, DenseState.initial(plan, config))) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int i = 0; i < losses.length; i++) {
                MovieStream.Next next = stream.next(32);
                losses[i] = step.run(next.batch(), next.labels()).loss();
            }
        }
        double first = Arrays.stream(losses, 0, 40).average().orElseThrow();
        double last = Arrays.stream(losses, 160, 200).average().orElseThrow();
        assertThat(last).as("%s, seed %d", type, SEED).isLessThan(first);
    }
}
