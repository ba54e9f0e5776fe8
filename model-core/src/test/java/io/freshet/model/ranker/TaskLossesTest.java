package io.freshet.model.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TaskConfig.Loss;
import io.freshet.contracts.pipeline.TaskConfig.Type;
import io.freshet.model.golden.Golden;
import io.freshet.model.golden.OracleRun;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import io.freshet.model.ranker.TaskTargets.Targets;
import io.freshet.model.script.ScriptRun;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Losses of several kinds of tasks together, with masks and weights, against PyTorch's own functions in float64. */
class TaskLossesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Golden GOLDEN = Golden.file("step-losses");
    private static final int B = GOLDEN.at("logits").size();
    private static final List<TaskConfig> TASKS = List.of(
            new TaskConfig("click", "click", HOUR, Type.BINARY, null, null, weight("click"), Loss.SQUARED, 0),
            new TaskConfig("buy", "buy", HOUR, Type.BINARY, "click", null, weight("buy"), Loss.SQUARED, 0),
            new TaskConfig(
                    "click-and-buy", null, null, Type.PRODUCT, null, "buy", weight("click-and-buy"), Loss.SQUARED, 0),
            new TaskConfig(
                    "seconds",
                    "watch",
                    HOUR,
                    Type.REGRESSION,
                    "click",
                    null,
                    weight("seconds"),
                    Loss.HUBER,
                    GOLDEN.at("huber_delta").asDouble()),
            new TaskConfig("price", "buy", HOUR, Type.REGRESSION, "click", null, weight("price"), Loss.SQUARED, 0));

    private static double weight(String task) {
        return GOLDEN.at("task_weights", task).asDouble();
    }

    private static Program program() {
        Graph graph = new Graph();
        Tensor own = graph.input("rows.own", Shape.BATCH, Axis.of("own", 4));
        Tensor logits = new TaskHeads(graph, TASKS).complete(own);
        Tensor exampleWeights = graph.input("example_weights", Shape.BATCH);
        Tensor loss =
                new TaskLosses(graph, TASKS).of(logits).times(exampleWeights).mean(0);
        return graph.build(new Program.Outputs(logits, loss));
    }

    private static Targets targets() {
        float[] labels = new float[B * 5];
        Arrays.fill(labels, Float.NaN);
        int[] places = {0, 1, 3, 4};
        for (int b = 0; b < B; b++) {
            for (int own = 0; own < 4; own++) {
                JsonNode label = GOLDEN.at("labels").get(b).get(own);
                labels[b * 5 + places[own]] = label.isNull() ? Float.NaN : (float) label.asDouble();
            }
        }
        return new TaskTargets(TASKS).of(labels);
    }

    private static double[] labelWeights() {
        float[] masks = targets().masks();
        return IntStream.range(0, masks.length)
                .mapToDouble(i -> masks[i] * TASKS.get(i % 5).weight())
                .toArray();
    }

    private static double[] doubles(float[] floats) {
        return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
    }

    /** Of a list of numbers, or of lists of numbers. */
    private static double[] flat(String name) {
        return IntStream.range(0, GOLDEN.at(name).size())
                .mapToObj(i -> GOLDEN.at(name).get(i))
                .flatMapToDouble(row -> row.isArray()
                        ? IntStream.range(0, row.size())
                                .mapToDouble(i -> row.get(i).asDouble())
                        : DoubleStream.of(row.asDouble()))
                .toArray();
    }

    @Test
    void areThoseOfPyTorchInDoublePrecision() {
        try (OracleRun run = new OracleRun()) {
            run.input("rows.own", flat("logits"), B, 4);
            run.input("labels", doubles(targets().labels()), B, 5);
            run.input("label_weights", labelWeights(), B, 5);
            run.input("example_weights", flat("example_weights"), B);
            run.run(program());
            assertThat(run.loss()).isCloseTo(GOLDEN.at("loss").asDouble(), within(1e-12));
            assertThat(run.inputGradient("rows.own")).containsExactly(flat("gradient"), within(1e-12));
            double[] products = flat("product_logits");
            for (int b = 0; b < B; b++) {
                assertThat(run.logits()[b * 5 + 2]).isCloseTo(products[b], within(1e-12));
            }
        }
    }

    @Test
    void areThoseOfPyTorchInTheScript() {
        try (ScriptRun run = new ScriptRun()) {
            run.value("rows.own", flat("logits"), B, 4);
            run.value("labels", doubles(targets().labels()), B, 5);
            run.value("label_weights", labelWeights(), B, 5);
            run.value("example_weights", flat("example_weights"), B);
            run.run(program());
            assertThat(doubles(run.gradient("rows.own"))).containsExactly(flat("gradient"), within(1e-6));
        }
    }

    @Test
    void aProductOfExtremeLogitsStaysFinite() {
        double[] extremes = {90, 90, -90, -90, 90, -90, -90, 90, 5000, -5000, 0, 0};
        try (ScriptRun run = new ScriptRun()) {
            Graph graph = new Graph();
            Tensor own = graph.input("rows.own", Shape.BATCH, Axis.of("own", 2));
            Tensor logits = new TaskHeads(graph, TASKS.subList(0, 3)).complete(own);
            run.value("rows.own", extremes, 6, 2);
            run.run(graph.build(new Program.Outputs(logits, logits.sum(1).mean(0))));
            float[] product = new float[6];
            for (int b = 0; b < 6; b++) {
                product[b] = run.logits()[b * 3 + 2];
            }
            float third = (float) -Math.log(3); // Of a quarter.
            assertThat(product)
                    .containsExactly(
                            new float[] {90 - (float) Math.log(2), -180, -90, -90, -5000, third}, within(1e-4f));
            assertThat(run.gradient("rows.own")).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
        }
    }
}
