package io.freshet.model.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.engine.Engines;
import io.freshet.model.oracle.BatchInputs;
import io.freshet.model.oracle.Oracle;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** 24 blocks with the default settings. What other settings did is in docs/decisions/0013. */
class DepthTest {
    private static final long SEED = 11;
    private static final int BLOCKS = 24;
    private static final int STEPS = 150;
    private static final int BATCH = 32;

    private final ModelPlan plan = ModelPlan.of(Pipelines.of(
            Pipelines.movies().tables(),
            Pipelines.movies().features(),
            List.of("like"),
            RankerConfig.DEFAULTS.change().width(16).layers(BLOCKS).build()));

    private final TrainingConfig training = Pipelines.training().with(DenseOptimizerConfig.adagrad(0.01, 0.01));

    @Test
    void twentyFourBlocksLearnAndEveryNumberInsideStaysFinite() {
        MovieStream stream = new MovieStream(plan, SEED);
        try (TrainingStep step = new TrainingStep(plan, training, DenseState.initial(plan, training))) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < STEPS; i++) {
                MovieStream.Next next = stream.next(BATCH);
                StepResult result = step.run(next.batch(), labels(next));
                assertThat(result.fault()).as("step %d, seed %d", i, SEED).isEmpty();
                assertThat(result.gradientNorm()).as("step %d", i).isPositive().isLessThan(1000);
                first += i < 50 ? result.loss() : 0;
                last += i >= STEPS - 50 ? result.loss() : 0;
            }
            assertThat(last).as("loss, seed %d", SEED).isLessThan(first * 0.6);
            List<Double> sizes = sizes(stream.next(BATCH), step.weights());
            // Every second block adds what the one two below handed on, which holds its own addition already.
            assertThat(sizes)
                    .hasSize(BLOCKS)
                    .allSatisfy(size -> assertThat(size).isBetween(0.01, 10_000.0));
            assertThat(changedBlocks(step.weights())).isEqualTo(BLOCKS);
        }
    }

    /** A cross of two rows and a little of each alone. */
    private static Labels labels(MovieStream.Next next) {
        float[] labels = new float[BATCH];
        for (int b = 0; b < BATCH; b++) {
            float user = firstOf(next.batch().table(0), b);
            float item = firstOf(next.batch().table(1), b);
            labels[b] = user * item + 0.3f * (user + item) > 0 ? 1 : 0;
        }
        return new Labels(labels, next.labels().weights());
    }

    /** The first number of the first row that an example names. */
    private static float firstOf(TableBatch table, int example) {
        int row = table.indexMemory().ints().get(table.offsetMemory().ints().get(example));
        FloatBuffer rows = table.rows();
        return rows.get(row * table.table().width());
    }

    /** Root mean square of what each block hands on. */
    private List<Double> sizes(MovieStream.Next next, float[] dense) {
        Program program = plan.program();
        Tensor[] handedOn = new Tensor[BLOCKS];
        Graph graph = new Graph(program);
        for (Program.Step step : program.steps()) {
            if (step.layer().startsWith("block.")) {
                handedOn[Integer.parseInt(step.layer().split("\\.")[1])] = graph.tensor(step.first());
            }
        }
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            Map<String, NDArray> weights = new HashMap<>();
            for (Parameter parameter : program.parameters()) {
                double[] values = BatchInputs.doubles(FloatBuffer.wrap(dense, parameter.offset(), parameter.size())
                        .slice());
                weights.put(
                        parameter.name(),
                        Oracle.doubles(manager, values, parameter.shape().sizes()));
            }
            Oracle oracle = new Oracle(manager, BatchInputs.of(manager, plan, next.batch()), weights);
            List<Double> sizes = new ArrayList<>();
            for (NDArray tokens : program.values(oracle, List.of(handedOn))) {
                sizes.add(Math.sqrt(tokens.mul(tokens).mean().getDouble()));
            }
            return sizes;
        }
    }

    /** Blocks all of whose weights have moved: gradient came as far down as the first one. */
    private long changedBlocks(float[] dense) {
        float[] before = plan.initialDense(training.seed());
        long changed = 0;
        for (Parameter parameter : plan.parameters()) {
            boolean moved = false;
            for (int i = 0; i < parameter.size(); i++) {
                int at = parameter.offset() + i;
                assertThat(dense[at]).as(parameter.name()).isFinite();
                moved |= Math.abs(dense[at] - before[at]) > 1e-6;
            }
            changed += moved && parameter.name().matches("block\\.\\d+\\.token_ffn\\.down") ? 1 : 0;
        }
        return changed;
    }
}
