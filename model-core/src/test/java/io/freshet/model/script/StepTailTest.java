package io.freshet.model.script;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.golden.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The tail of a step alone, as a script of its own. */
class StepTailTest {
    private static final float[] START = {1, -2, 3};
    private static final float[] GRADIENT = {0.5f, 0.25f, -1};

    /** A script that is given what the rest of a step would compute. */
    private static final class Tail implements AutoCloseable {
        private final NDManager manager = Engines.newManager(Device.cpu());
        private final StepTail tail;
        private final ScriptModule module;
        private final NDArray weights;
        private final List<NDArray> state = new ArrayList<>();
        private float[] decays = {1, 1, 1};
        private NDArray gradient;

        Tail(DenseOptimizerConfig optimizer, double clipNorm, float[] start) {
            this(optimizer, clipNorm, start, UnaryOperator.identity());
        }

        Tail(DenseOptimizerConfig optimizer, double clipNorm, float[] start, UnaryOperator<String> edit) {
            tail = new StepTail(optimizer, clipNorm);
            List<String> lines = new ArrayList<>(List.of(
                    "class Ranker(Module):",
                    "  __parameters__ = []",
                    "  __buffers__ = []",
                    "  training : bool",
                    "  def forward(self: __torch__.Ranker,"));
            tail.arguments().forEach(argument -> lines.add("    " + argument + ","));
            lines.add("    loss: Tensor,\n    rows: Tensor) -> Tensor:");
            tail.lines("loss", List.of("rows")).forEach(line -> lines.add("    " + edit.apply(line)));
            lines.add("    return health");
            module = new ScriptModule(ScriptArchive.of(String.join("\n", lines) + "\n"), Device.cpu());
            weights = named(StepTail.WEIGHTS, start);
            for (String name : StepTail.STATE.subList(0, optimizer.type().isAdam() ? 2 : 1)) {
                state.add(named(name, new float[start.length]));
            }
            if (optimizer.type() == Type.ADAGRAD) {
                state.get(0).addi(optimizer.initialAccumulator());
            }
        }

        private NDArray named(String name, float... values) {
            NDArray array = manager.create(values);
            array.setName(name + "[]");
            return array;
        }

        float[] run(int update, double rate, float[] values, float loss, float... rows) {
            Engines.prepareThread(false);
            gradient = named(StepTail.GRADIENTS, values);
            NDList arguments = new NDList(weights, gradient);
            arguments.addAll(state);
            if (tail.hasDecay()) {
                arguments.add(named(StepTail.DECAYS, decays));
            }
            NDArray number = manager.create((float) update);
            number.setName(StepTail.UPDATE + "[]");
            arguments.add(number);
            arguments.add(manager.create(rate));
            arguments.add(manager.create(loss));
            arguments.add(manager.create(rows));
            return module.run("forward", arguments, false, manager).head().toFloatArray();
        }

        @Override
        public void close() {
            module.close();
            manager.close();
        }
    }

    static Stream<JsonNode> optimizers() {
        return StreamSupport.stream(Golden.file("step-optimizers").at("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void followsPyTorchsOptimizerStepByStep(JsonNode golden) {
        JsonNode settings = golden.get("settings");
        double rate = number(settings, "learning_rate");
        try (Tail tail = new Tail(config(golden), number(settings, "clip_norm"), floats(golden.get("start")))) {
            tail.decays = floats(golden.get("decays"));
            for (int i = 0; i < golden.get("gradients").size(); i++) {
                float[] gradient = floats(golden.get("gradients").get(i));
                float[] health = tail.run(i + 1, rate, gradient, 1, 2);
                assertThat(health[0]).isEqualTo(1);
                assertThat((double) health[1]).isCloseTo(length(gradient), within(1e-6));
                float[] expected = floats(golden.get("after").get(i));
                float[] actual = tail.weights.toFloatArray();
                for (int w = 0; w < expected.length; w++) {
                    assertThat(actual[w])
                            .as("%s, weight %d after step %d", golden.get("type"), w, i + 1)
                            .isCloseTo(expected[w], within(2e-6f));
                }
            }
        }
    }

    /** GPUs have no fused Adagrad; what they get instead is run on the CPU here. */
    @Test
    void theAdagradOfGpusFollowsPyTorchToo() {
        UnaryOperator<String> asOnAGpu = line -> line.replace("ops.prim.is_cuda(weights[0])", "True");
        JsonNode golden = optimizers().findFirst().orElseThrow();
        double rate = number(golden.get("settings"), "learning_rate");
        try (Tail tail = new Tail(config(golden), 0, floats(golden.get("start")), asOnAGpu)) {
            for (int i = 0; i < golden.get("gradients").size(); i++) {
                tail.run(i + 1, rate, floats(golden.get("gradients").get(i)), 1, 2);
                assertThat(tail.weights.toFloatArray())
                        .containsExactly(floats(golden.get("after").get(i)), within(2e-6f));
            }
        }
    }

    private static DenseOptimizerConfig config(JsonNode golden) {
        JsonNode settings = golden.get("settings");
        return new DenseOptimizerConfig(
                Type.valueOf(golden.get("type").asText().toUpperCase(Locale.ROOT)),
                number(settings, "learning_rate"),
                number(settings, "initial_accumulator"),
                number(settings, "beta1"),
                number(settings, "beta2"),
                number(settings, "epsilon"),
                number(settings, "momentum"),
                settings.path("nesterov").asBoolean(),
                number(settings, "weight_decay"),
                WhenChanged.REFUSE);
    }

    private static double number(JsonNode settings, String key) {
        return settings.path(key).asDouble(0);
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void nothingChangesWhenAnyNumberIsNotFinite(Type type) {
        DenseOptimizerConfig defaults = DenseOptimizerConfig.of(type);
        DenseOptimizerConfig decaying = new DenseOptimizerConfig(
                type,
                1,
                defaults.initialAccumulator(),
                defaults.beta1(),
                defaults.beta2(),
                defaults.epsilon(),
                defaults.momentum(),
                false,
                0.5,
                WhenChanged.REFUSE);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            try (Tail tail = new Tail(decaying, 1, START)) {
                List<float[]> state =
                        tail.state.stream().map(NDArray::toFloatArray).toList();
                assertThat(tail.run(1, 1, GRADIENT, bad, 2)[0])
                        .as("loss %s", bad)
                        .isZero();
                assertThat(tail.run(1, 1, new float[] {1, bad, 1}, 1, 2)[0])
                        .as("gradient %s", bad)
                        .isZero();
                assertThat(tail.run(1, 1, GRADIENT, 1, 0, bad)[0])
                        .as("row %s", bad)
                        .isZero();
                assertThat(tail.weights.toFloatArray()).isEqualTo(START);
                assertThat(tail.state).extracting(NDArray::toFloatArray).containsExactlyElementsOf(state);
                assertThat(tail.run(1, 1, GRADIENT, 1, 2)[0]).isEqualTo(1);
                assertThat(tail.weights.toFloatArray()).isNotEqualTo(START);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void theGivenGradientStaysAsItIs(Type type) {
        try (Tail tail = new Tail(DenseOptimizerConfig.of(type), 0.001, START)) {
            tail.run(1, 0.1, GRADIENT.clone(), 1, 2);
            assertThat(tail.gradient.toFloatArray()).isEqualTo(GRADIENT);
        }
    }

    @Test
    void aRateOfZeroMovesNothing() {
        try (Tail tail = new Tail(DenseOptimizerConfig.of(Type.ADAMW), 0, START)) {
            tail.run(1, 0, GRADIENT, 1, 2);
            assertThat(tail.weights.toFloatArray()).isEqualTo(START);
        }
    }

    private static Offset<Double> within(double offset) {
        return Offset.offset(offset);
    }

    private static Offset<Float> within(float offset) {
        return Offset.offset(offset);
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float each : vector) {
            squares += each * each;
        }
        return Math.sqrt(squares);
    }

    private static float[] floats(JsonNode list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) list.get(i).asDouble();
        }
        return floats;
    }
}
