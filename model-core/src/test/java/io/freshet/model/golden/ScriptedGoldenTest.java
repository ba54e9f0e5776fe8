package io.freshet.model.golden;

import static io.freshet.model.golden.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.engine.Arguments;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.file.DenseMetadata;
import io.freshet.model.file.EmbeddedArchive;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.model.script.RankerScript;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A module that was scripted in Python trains and serves here as it does in PyTorch: {@code scripted/make_scripted.py}. */
class ScriptedGoldenTest {
    private static final Path FILE = Path.of("src", "test", "golden", "scripted", "brought.pt");
    private static final double TOLERANCE = 1e-5;
    /** As many examples of either label as this leave no prior to be seen. */
    private static final double NO_PRIOR = 1e12;

    private final Golden golden = Golden.file("scripted/training");
    private final ModelPlan plan = GoldenRanker.plan(
            golden,
            RankerConfig.DEFAULTS
                    .change()
                    .type(RankerConfig.Type.SCRIPT)
                    .file(FILE.toString())
                    .build());
    private final Map<String, Map<Long, float[]>> rows = GoldenRanker.rows(plan, golden.at("initial", "rows"));

    @Test
    void itsTrainableParametersAreTheRankersWithPythonsNamesAndValues() {
        assertThat(plan.parameters().stream().map(Parameter::name).toList())
                .containsExactly(
                        "scale",
                        "spare",
                        "layers.0.weight",
                        "layers.0.bias",
                        "layers.1.weight",
                        "layers.1.bias",
                        "layers.2.weight",
                        "layers.2.bias",
                        "prior");
        float[] expected = GoldenRanker.dense(plan, Golden.all(golden.at("initial", "weights")));
        assertThat(plan.initialDense(7)).containsExactly(expected);
    }

    @Test
    void itsDescriptionNamesWhatIsTrained() {
        assertThat(plan.describe())
                .contains("scripted module __torch__.brought.Brought")
                .contains("\n  layers.0.weight [6, 13]\n")
                .contains("not known from outside");
    }

    @Test
    void severalStepsEndWherePyTorchsDo() {
        double[] losses = golden.values("losses").data();
        GoldenRows learner = new GoldenRows(plan, golden, rows);
        try (TrainingStep step = step()) {
            for (int i = 0; i < losses.length; i++) {
                JsonNode inputs = golden.at("batches").get(i);
                RankerBatch batch = batch(inputs);
                StepResult result = step.run(batch, GoldenRanker.labels(inputs));
                assertClose("loss of step " + i, new double[] {result.loss()}, new double[] {losses[i]}, TOLERANCE);
                learner.learn(batch);
            }
            Map<String, Golden.Values> weights = Golden.all(golden.at("after", "weights"));
            for (Parameter parameter : plan.program().parameters()) {
                int from = parameter.offset();
                float[] weight = Arrays.copyOfRange(step.weights(), from, from + parameter.size());
                assertClose(
                        parameter.name(), weight, weights.get(parameter.name()).data(), TOLERANCE);
            }
            learner.assertRows(golden.at("after"), TOLERANCE);
            assertScores(step.weights());
        }
    }

    /** After the training, on the rows that it left. */
    private void assertScores(float[] dense) {
        double[] logits = Golden.Values.of(golden.at("after", "logits")).data();
        RankerBatch batch = batch(golden.at("batches").get(0));
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights before = scorer.load(plan.initialDense(7));
                DenseWeights weights = scorer.load(dense)) {
            float[] served = scorer.score(weights, batch);
            for (int i = 0; i < logits.length; i++) {
                assertThat(served[i]).isCloseTo((float) (1 / (1 + Math.exp(-logits[i]))), offset(1e-5f));
            }
            assertThat(scorer.score(before, batch))
                    .as("an older version keeps its own weights")
                    .isNotEqualTo(served);
        }
    }

    @Test
    void theScorerGivesWhatTheTrainerSaidPriorIncluded() {
        JsonNode inputs = golden.at("batches").get(0);
        try (TrainingStep step = new TrainingStep(plan, config(), DenseState.initial(plan, config()));
                Scorer scorer = new Scorer(plan, "cpu")) {
            for (int i = 0; i < 5; i++) {
                try (DenseWeights weights = scorer.load(step.weights())) {
                    float[] served = scorer.score(weights, batch(inputs));
                    float[] said =
                            step.run(batch(inputs), GoldenRanker.labels(inputs)).logits();
                    assertThat(served).containsExactly(plan.predictions(said), offset(1e-6f));
                }
            }
        }
    }

    @Test
    void aBatchWithARowThatIsNotFiniteIsSkippedAndNamed() {
        JsonNode inputs = golden.at("batches").get(0);
        try (TrainingStep step = new TrainingStep(plan, config(), DenseState.initial(plan, config()))) {
            RankerBatch batch = batch(inputs);
            batch.tables().get(0).rows().put(0, Float.NaN);
            StepResult result = step.run(batch, GoldenRanker.labels(inputs));
            assertThat(result.fault()).isPresent();
            assertThat(Arrays.copyOf(step.weights(), plan.priorOffset()))
                    .containsExactly(Arrays.copyOf(plan.initialDense(7), plan.priorOffset()));
        }
    }

    @Test
    void exportedWithItsWeightsItScoresWithoutTheScorer() throws IOException {
        float[] dense = plan.initialDense(7);
        for (int i = 0; i < dense.length; i++) {
            dense[i] += 0.125f; // Priors too.
        }
        Path file = Files.createDirectories(Path.of("target", "golden")).resolve("brought-embedded.pt");
        EmbeddedArchive.write(file, plan, dense, new DenseMetadata("brought", plan.fingerprint()).texts());
        RankerBatch batch = batch(golden.at("batches").get(0));
        Engines.prepareThread(false);
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(dense);
                ScriptModule module = new ScriptModule(Files.readAllBytes(file), Device.cpu());
                NDManager call = Engines.newManager(Device.cpu())) {
            float[] logits = module.run(RankerScript.SCORE, new Arguments(call).features(batch), false, call)
                    .head()
                    .toFloatArray();
            float[] served = scorer.score(weights, batch);
            for (int i = 0; i < logits.length; i++) {
                assertThat((float) (1 / (1 + Math.exp(-logits[i])))).isEqualTo(served[i]);
            }
        }
    }

    private RankerBatch batch(JsonNode inputs) {
        RankerBatch batch = GoldenRanker.batch(plan, inputs);
        GoldenRanker.fill(batch, rows);
        return batch;
    }

    private TrainingConfig config() {
        return Pipelines.training()
                .with(DenseOptimizerConfig.adagrad(
                        golden.at("training", "learning_rate").asDouble(),
                        golden.at("training", "initial_accumulator").asDouble()));
    }

    private TrainingStep step() {
        DenseState start = DenseState.initial(plan, config());
        double[] counts = new double[plan.tasks().size()];
        Arrays.fill(counts, NO_PRIOR);
        return new TrainingStep(
                plan,
                config(),
                new DenseState(plan.fingerprint(), 0, 0, start.weights(), start.optimizer(), counts, counts));
    }
}
