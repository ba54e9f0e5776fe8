package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.CrossConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.Rounding;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The step that GPUs take with bf16, here on a CPU, beside the one in float32. */
class MixedPrecisionTest {
    private static final long SEED = 19;

    static List<Named<RankerConfig>> rankers() {
        RankerConfig large = RankerConfig.DEFAULTS.change().width(32).build();
        return List.of(
                Named.of("TokenMixer-Large", large),
                Named.of(
                        "TokenMixer-Large with experts",
                        large.change().moe(MoeConfig.of(8, 4)).build()),
                Named.of("TokenMixer-Large by its equations", of(BlockConfig.Form.EQUATIONS)),
                Named.of(
                        "RankMixer",
                        large.change().type(RankerConfig.Type.RANK_MIXER).build()),
                Named.of(
                        "RankMixer with experts",
                        large.change()
                                .type(RankerConfig.Type.RANK_MIXER)
                                .moe(MoeConfig.of(4, 1))
                                .build()),
                Named.of(
                        "DCN V2",
                        RankerConfig.DEFAULTS
                                .change()
                                .type(RankerConfig.Type.DCN_V2)
                                .cross(new CrossConfig(2, 8, CrossConfig.Structure.PARALLEL))
                                .hidden(List.of(48, 24))
                                .build()),
                Named.of(
                        "DLRM-MLP",
                        RankerConfig.DEFAULTS
                                .change()
                                .type(RankerConfig.Type.DLRM_MLP)
                                .build()));
    }

    private static RankerConfig of(BlockConfig.Form form) {
        return RankerConfig.DEFAULTS
                .change()
                .width(32)
                .block(BlockConfig.DEFAULTS.with(form))
                .build();
    }

    private static ModelPlan plan(RankerConfig ranker) {
        Pipeline movies = Pipelines.movies();
        return ModelPlan.of(Pipelines.of(movies.tables(), movies.features(), List.of("like"), ranker));
    }

    /** Plain SGD: what it changes is the gradient times the rate. */
    private static TrainingConfig sgd(double rate) {
        DenseOptimizerConfig sgd =
                new DenseOptimizerConfig(Type.SGD, rate, 0, 0, 0, 0, 0, false, 0, WhenChanged.REFUSE);
        return Pipelines.training().with(sgd);
    }

    /** What steps leave behind: change of the dense weights, loss of the last batch, gradient of its rows. */
    private record Trained(float[] change, double loss, float[] ofRows) {}

    private static Trained train(ModelPlan plan, double rate, int steps, Precision products) {
        TrainingConfig config = sgd(rate);
        MovieStream.Next batch = new MovieStream(plan, SEED).next(32);
        return train(plan, config, DenseState.initial(plan, config), batch, steps, products);
    }

    private static Trained train(
            ModelPlan plan,
            TrainingConfig config,
            DenseState before,
            MovieStream.Next batch,
            int steps,
            Precision products) {
        try (TrainingStep step = new TrainingStep(plan, config, before, products)) {
            double loss = 0;
            for (int i = 0; i < steps; i++) {
                loss = step.run(batch.batch(), batch.labels()).loss();
            }
            float[] change = step.weights();
            for (int i = 0; i < plan.program().size(); i++) {
                change[i] -= before.weights()[i];
            }
            return new Trained(Arrays.copyOf(change, plan.program().size()), loss, ofRows(batch));
        }
    }

    private static float[] ofRows(MovieStream.Next batch) {
        FloatBuffer all = FloatBuffer.allocate(batch.batch().tables().stream()
                .mapToInt(MixedPrecisionTest::numbers)
                .sum());
        batch.batch().tables().forEach(table -> all.put(table.gradients(), 0, numbers(table)));
        return all.array();
    }

    private static int numbers(TableBatch table) {
        return table.count() * table.table().width();
    }

    /** Rounded tokens may also lead past another expert, or to the other side of a relu; so do moved ones. */
    @ParameterizedTest
    @MethodSource("rankers")
    void lossAndGradientsAreThoseOfFloat32ButForRounding(RankerConfig ranker) {
        ModelPlan plan = plan(ranker);
        Trained exact = train(plan, 1, 1, Precision.FLOAT32);
        Trained rounded = train(plan, 1, 1, Precision.BF16);
        Rounding rounding = new Rounding(SEED);
        List<Trained> moved =
                Stream.generate(() -> trainMoved(plan, rounding)).limit(2).toList();
        assertThat(error(rounded.change(), exact.change()))
                .as("what is rounded")
                .isGreaterThan(1e-4);
        assertWithin(rounding, "loss", rounded, exact, moved, each -> new float[] {(float) each.loss()});
        assertWithin(rounding, "rows", rounded, exact, moved, Trained::ofRows);
        for (Parameter parameter : plan.program().parameters()) {
            assertWithin(rounding, parameter.name(), rounded, exact, moved, each -> slice(each.change(), parameter));
        }
    }

    private static void assertWithin(
            Rounding rounding,
            String what,
            Trained rounded,
            Trained exact,
            List<Trained> moved,
            Function<Trained, float[]> part) {
        rounding.assertWithin(
                what,
                Rounding.doubles(part.apply(rounded)),
                Rounding.doubles(part.apply(exact)),
                moved.stream().map(part).map(Rounding::doubles).toList());
    }

    /** One step in float32 of weights and rows that are moved as if they were rounded. */
    private static Trained trainMoved(ModelPlan plan, Rounding rounding) {
        DenseState start = DenseState.initial(plan, sgd(1));
        MovieStream.Next batch = new MovieStream(plan, SEED).next(32);
        rounding.move(FloatBuffer.wrap(start.weights(), 0, plan.program().size()));
        batch.batch().tables().forEach(table -> rounding.move(table.rows()));
        return train(plan, sgd(1), start, batch, 1, Precision.FLOAT32);
    }

    private static float[] slice(float[] values, Parameter parameter) {
        return Arrays.copyOfRange(values, parameter.offset(), parameter.offset() + parameter.size());
    }

    /** Length of the difference in lengths of the expected. */
    private static double error(float[] actual, float[] expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return length == 0 ? difference : Math.sqrt(difference / length);
    }

    /** Each update is far below what bf16 tells apart beside the weight, and 100 of them are not. */
    @Test
    void updatesTooSmallForBf16AddUp() {
        ModelPlan plan = plan(RankerConfig.DEFAULTS.change().width(16).build());
        double rate = 1e-4;
        int steps = 100;
        float[] one = train(plan, rate, 1, Precision.BF16).change();
        Trained exact = train(plan, rate, steps, Precision.FLOAT32);
        Trained rounded = train(plan, rate, steps, Precision.BF16);
        float[] start = DenseState.initial(plan, sgd(rate)).weights();
        int tooSmall = 0;
        for (int i = 0; i < one.length; i++) {
            tooSmall += Math.abs(one[i]) < Math.abs(start[i]) * 0x1p-9 ? 1 : 0;
        }
        assertThat(tooSmall).as("weights that a bf16 vector would not move").isGreaterThan(one.length * 9 / 10);
        assertThat(error(rounded.change(), exact.change())).isLessThan(0.02);
        assertThat(rounded.loss())
                .isLessThan(train(plan, rate, 1, Precision.BF16).loss());
    }

    @Test
    void goesOnWithTheSameBitsWhenRestored() {
        ModelPlan plan = plan(RankerConfig.DEFAULTS);
        DenseState whole = trained(plan, DenseState.initial(plan, Pipelines.training()), 0, 6);
        DenseState half = trained(plan, DenseState.initial(plan, Pipelines.training()), 0, 3);
        assertThat(trained(plan, DenseState.fromBytes(half.toBytes()), 3, 6).toBytes())
                .isEqualTo(whole.toBytes());
    }

    private static DenseState trained(ModelPlan plan, DenseState from, int first, int end) {
        MovieStream stream = new MovieStream(plan, SEED);
        try (TrainingStep step = new TrainingStep(plan, Pipelines.training(), from, Precision.BF16)) {
            for (int i = 0; i < end; i++) {
                MovieStream.Next next = stream.next(5 + i);
                if (i >= first) {
                    step.run(next.batch(), next.labels());
                }
            }
            return step.snapshot();
        }
    }
}
