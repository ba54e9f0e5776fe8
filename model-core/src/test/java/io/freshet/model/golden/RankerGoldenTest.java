package io.freshet.model.golden;

import static io.freshet.model.golden.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThatNoException;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import io.freshet.model.script.StepTail;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole ranker against an independent implementation: what scores, what trains, and the float64 oracle. */
class RankerGoldenTest {
    private static final double FLOAT_TOLERANCE = 1e-5;
    private static final double DOUBLE_TOLERANCE = 1e-10;
    /** So many imagined labels of either kind keep the prior at 0, as the golden values have it. */
    private static final double NO_PRIOR = 1e300;

    static List<Golden> rankers() {
        return Golden.ofCase("ranker");
    }

    static List<Golden> trainings() {
        return Golden.ofCase("training");
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void theScoringScriptGivesTheGoldenProbabilities(Golden golden) {
        ModelPlan plan = GoldenRanker.plan(golden);
        RankerBatch batch = GoldenRanker.batch(plan, golden.at("inputs"));
        GoldenRanker.fill(batch, GoldenRanker.rows(plan, golden.at("inputs", "rows")));
        float[] dense = GoldenRanker.dense(plan, Golden.all(golden.at("weights")));
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(dense)) {
            double[] expected = golden.values("outputs", "probabilities").data();
            assertClose("probabilities", scorer.score(weights, batch), expected, FLOAT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void theTrainingScriptGivesTheGoldenLossAndGradients(Golden golden) {
        ModelPlan plan = GoldenRanker.plan(golden);
        RankerBatch batch = GoldenRanker.batch(plan, golden.at("inputs"));
        GoldenRanker.fill(batch, GoldenRanker.rows(plan, golden.at("inputs", "rows")));
        float[] dense = GoldenRanker.dense(plan, Golden.all(golden.at("weights")));
        // An accumulator that starts at 0 becomes the square of the gradient; the weight moves against its sign.
        try (TrainingStep step = step(plan, dense, 1, 0)) {
            StepResult result = step.run(batch, GoldenRanker.labels(golden.at("inputs")));
            DenseState after = step.snapshot();
            assertClose(
                    "logits",
                    result.logits(),
                    golden.values("outputs", "logits").data(),
                    FLOAT_TOLERANCE);
            assertClose(
                    "loss",
                    new double[] {result.loss()},
                    golden.values("outputs", "loss").data(),
                    FLOAT_TOLERANCE);
            Map<String, Golden.Values> gradients = Golden.all(golden.at("gradients", "weights"));
            for (Parameter parameter : plan.program().parameters()) {
                double[] expected = gradients.get(parameter.name()).data();
                double[] actual = new double[parameter.size()];
                for (int i = 0; i < actual.length; i++) {
                    int at = parameter.offset() + i;
                    actual[i] = Math.sqrt(after.optimizer().vectors().get(0)[at])
                            * Math.signum(dense[at] - after.weights()[at]);
                }
                assertClose(parameter.name(), actual, expected, FLOAT_TOLERANCE);
            }
            assertRowGradients(golden, batch);
        }
    }

    private static void assertRowGradients(Golden golden, RankerBatch batch) {
        for (TableBatch table : batch.tables()) {
            int width = table.table().width();
            String name = table.table().name();
            double[] expected = inOrderOf(
                    golden, table, golden.values("gradients", "rows", name).data());
            double[] ofTheMean = new double[table.count() * width];
            for (int i = 0; i < ofTheMean.length; i++) {
                ofTheMean[i] = table.gradients()[i] / batch.size(); // Rows learn from the sum.
            }
            assertClose("rows of " + name, ofTheMean, expected, FLOAT_TOLERANCE);
        }
    }

    private static double[] inOrderOf(Golden golden, TableBatch table, double[] rows) {
        int width = table.table().width();
        long[] ids = Golden.longs(golden.at("inputs", "rows", table.table().name(), "ids"));
        double[] ordered = new double[table.count() * width];
        for (int i = 0; i < ids.length; i++) {
            int place = Arrays.stream(table.ids()).boxed().toList().indexOf(ids[i]);
            System.arraycopy(rows, i * width, ordered, place * width, width);
        }
        return ordered;
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void theOracleGivesTheGoldenValuesInDoublePrecision(Golden golden) {
        ModelPlan plan = GoldenRanker.plan(golden);
        RankerBatch batch = GoldenRanker.batch(plan, golden.at("inputs"));
        GoldenRanker.fill(batch, GoldenRanker.rows(plan, golden.at("inputs", "rows")));
        Labels labels = GoldenRanker.labels(golden.at("inputs"));
        try (OracleRun run = new OracleRun()) {
            inputs(run, plan, batch, labels);
            run.weights(Golden.all(golden.at("weights")));
            run.run(plan.program());
            assertClose(
                    "logits", run.logits(), golden.values("outputs", "logits").data(), DOUBLE_TOLERANCE);
            assertClose(
                    "loss",
                    new double[] {run.loss()},
                    golden.values("outputs", "loss").data(),
                    DOUBLE_TOLERANCE);
            Golden.all(golden.at("gradients", "weights"))
                    .forEach((name, value) ->
                            assertClose(name, run.weightGradient(name), value.data(), DOUBLE_TOLERANCE));
            for (TableBatch table : batch.tables()) {
                String name = table.table().name();
                double[] expected = inOrderOf(
                        golden, table, golden.values("gradients", "rows", name).data());
                assertClose("rows of " + name, run.inputGradient("rows." + name), expected, DOUBLE_TOLERANCE);
            }
            double[] numbers = golden.values("gradients", "numbers").data();
            assertClose("numbers", run.inputGradient("numbers"), numbers, DOUBLE_TOLERANCE);
        }
    }

    private static void inputs(OracleRun run, ModelPlan plan, RankerBatch batch, Labels labels) {
        for (TableBatch table : batch.tables()) {
            String name = table.table().name();
            run.input(
                    "rows." + name,
                    doubles(table.rows()),
                    table.count(),
                    table.table().width());
            run.input("indices." + name, ints(table.indexMemory().ints()));
            run.input("offsets." + name, ints(table.offsetMemory().ints()));
            double[] weights = doubles(table.weightMemory().floats());
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 1 / (double) Math.round(1 / weights[i]); // One over a length, in double precision.
            }
            run.input("weights." + name, weights, weights.length);
        }
        int tasks = plan.tasks().size();
        int numbers = plan.features().numbers().size();
        run.input("numbers", doubles(batch.numberMemory().floats()), batch.size(), numbers);
        run.input("prior", new double[tasks], tasks);
        run.input("labels", doubles(FloatBuffer.wrap(labels.labels())), batch.size(), tasks);
        double[] whole = new double[batch.size() * tasks];
        Arrays.fill(whole, 1);
        run.input("label_weights", whole, batch.size(), tasks);
        run.input("example_weights", doubles(FloatBuffer.wrap(labels.weights())), batch.size());
    }

    /** {@code check_archive.py} opens the same files. */
    @ParameterizedTest
    @MethodSource("rankers")
    void theArchiveIsAFileThatCanBeLoadedAgain(Golden golden) throws IOException {
        ModelPlan plan = GoldenRanker.plan(golden);
        RankerScript script = new RankerScript(plan.program(), plan.tasks().size());
        Path folder = Files.createDirectories(Path.of("target", "golden"));
        String source = script.trainingSource(new StepTail(DenseOptimizerConfig.DEFAULTS, 0));
        Path archive = Files.write(folder.resolve(golden.name() + ".pt"), ScriptArchive.of(source));
        Files.write(
                folder.resolve(golden.name() + ".parameters"),
                plan.parameters().stream().map(Parameter::name).toList());
        assertThatNoException().isThrownBy(() -> new ScriptModule(Files.readAllBytes(archive), Device.cpu()).close());
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void severalStepsEndAtTheGoldenWeightsAndAccumulators(Golden golden) {
        ModelPlan plan = GoldenRanker.plan(golden);
        Map<String, Map<Long, float[]>> rows = GoldenRanker.rows(plan, golden.at("initial", "rows"));
        GoldenRows learner = new GoldenRows(plan, golden, rows);
        float[] dense = GoldenRanker.dense(plan, Golden.all(golden.at("initial", "weights")));
        double rate = golden.at("training", "learning_rate").asDouble();
        double start = golden.at("training", "initial_accumulator").asDouble();
        double[] losses = golden.values("losses").data();
        try (TrainingStep step = step(plan, dense, rate, start)) {
            for (int i = 0; i < losses.length; i++) {
                JsonNode inputs = golden.at("batches").get(i);
                RankerBatch batch = GoldenRanker.batch(plan, inputs);
                GoldenRanker.fill(batch, rows);
                StepResult result = step.run(batch, GoldenRanker.labels(inputs));
                assertClose("loss of step " + i, new double[] {result.loss()}, new double[] {losses[i]}, 1e-5);
                learner.learn(batch);
                for (JsonNode after : golden.at("after")) {
                    if (after.get("steps").asInt() == i + 1) {
                        assertState(plan, step.snapshot(), after);
                        learner.assertRows(after, FLOAT_TOLERANCE);
                    }
                }
            }
        }
    }

    private static void assertState(ModelPlan plan, DenseState state, JsonNode after) {
        Map<String, Golden.Values> weights = Golden.all(after.get("weights"));
        Map<String, Golden.Values> accumulators = Golden.all(after.get("accumulators"));
        for (Parameter parameter : plan.program().parameters()) {
            String name = parameter.name();
            int from = parameter.offset();
            int to = from + parameter.size();
            float[] weight = Arrays.copyOfRange(state.weights(), from, to);
            float[] accumulator = Arrays.copyOfRange(state.optimizer().vectors().get(0), from, to);
            assertClose(name, weight, weights.get(name).data(), FLOAT_TOLERANCE);
            assertClose(
                    name + " (accumulator)", accumulator, accumulators.get(name).data(), FLOAT_TOLERANCE);
        }
    }

    private static TrainingStep step(ModelPlan plan, float[] dense, double rate, double accumulator) {
        TrainingConfig config = Pipelines.training().with(DenseOptimizerConfig.adagrad(rate, accumulator));
        DenseState initial = DenseState.initial(plan, config);
        double[] counts = new double[plan.tasks().size()];
        Arrays.fill(counts, NO_PRIOR);
        return new TrainingStep(
                plan, config, new DenseState(plan.fingerprint(), 0, 0, dense, initial.optimizer(), counts, counts));
    }

    private static double[] doubles(FloatBuffer floats) {
        double[] doubles = new double[floats.remaining()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats.get(i);
        }
        return doubles;
    }

    private static int[] ints(IntBuffer buffer) {
        int[] ints = new int[buffer.remaining()];
        buffer.get(ints);
        return ints;
    }
}
