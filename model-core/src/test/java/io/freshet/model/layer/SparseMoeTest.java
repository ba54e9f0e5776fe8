package io.freshet.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.MoeConfig.Gate;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.oracle.LayerRun;
import io.freshet.model.oracle.LayerRun.Outcome;
import io.freshet.model.oracle.LayerRun.Values;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of a mixture of experts for any weights, load and batch. */
class SparseMoeTest {
    private static final int POSITIONS = 2;
    private static final int WIDTH = 8;
    private static final int EXPANSION = 2;
    private static final MoeProgram LAYER = new MoeProgram(POSITIONS, WIDTH, EXPANSION);
    private static final MoeConfig HALF = MoeConfig.of(8, 4);
    private static final int SEED = 41;

    private final Random random = new Random(SEED);

    /** Uniform in [-1, 1), exact in float32. */
    private Values draw(long... shape) {
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return new Values(
                random.ints(size, -128, 128).mapToDouble(i -> i / 128.0).toArray(), shape);
    }

    private Map<String, Values> weights(LayerRun run) {
        Map<String, Values> weights = new LinkedHashMap<>();
        for (Parameter parameter : run.program().parameters()) {
            weights.put(parameter.name(), draw(parameter.shape().sizes()));
        }
        return weights;
    }

    private Values rows(int batch) {
        return draw(batch, POSITIONS, WIDTH);
    }

    private static void assertSame(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as("%s, seed %d", what, SEED).containsExactly(expected, within(tolerance));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 33})
    void theScriptAgreesWithTheOracleWhateverTheBatch(int batch) {
        LayerRun run = LAYER.of(HALF);
        assertScriptAgrees(run, weights(run), rows(batch));
    }

    @ParameterizedTest
    @CsvSource({"SELECTED, 4", "FULL, 4", "FULL, 2"})
    void theScriptAgreesWithTheOracleWhenAllRowsGoToTheSameExperts(Gate gate, int active) {
        LayerRun run = LAYER.of(new MoeConfig(8, active, 2, gate, 0.5, 0.25));
        Map<String, Values> weights = weights(run);
        Values x = rows(9);
        Arrays.fill(weights.get("router").data(), 0);
        for (int i = 0; i < x.data().length; i += WIDTH) {
            x.data()[i] = 1; // The first column decides alone.
        }
        for (int position = 0; position < POSITIONS; position++) {
            for (int expert = 0; expert < 7; expert++) {
                weights.get("router").data()[position * WIDTH * 7 + expert] = (3 * expert + position) % 7;
            }
        }
        Outcome outcome = assertScriptAgrees(run, weights, x);
        assertThat(outcome.watched().get("rows"))
                .as("an expert has all rows or none")
                .containsOnly(0, 9);
        double[] ofDown = outcome.ofWeights().get("down");
        int size = ofDown.length / POSITIONS / 7;
        double[] rows = outcome.watched().get("rows");
        for (int i = 0; i < rows.length; i++) {
            boolean learns = Arrays.stream(ofDown, i * size, (i + 1) * size).anyMatch(g -> g != 0);
            assertThat(learns).as("expert %d learns", i).isEqualTo(rows[i] > 0);
        }
    }

    @Test
    void theScriptAgreesWithTheOracleWhereProductsAreSoLargeThatEachExpertHasItsOwn() {
        LayerRun run = new MoeProgram(1, 64, 16).of(MoeConfig.of(4, 3));
        Map<String, Values> weights = weights(run);
        weights.values().forEach(values -> Arrays.setAll(values.data(), i -> values.data()[i] / 4));
        assertScriptAgrees(run, weights, draw(800, 1, 64));
    }

    private Outcome assertScriptAgrees(LayerRun run, Map<String, Values> weights, Values x) {
        Values by = draw(x.shape());
        Outcome expected = run.inOracle(weights, x, by);
        Outcome actual = run.inScript(weights, x, by);
        assertSame("output", actual.output(), expected.output(), 1e-4);
        assertSame("x", actual.ofX(), expected.ofX(), 1e-4);
        assertSame("rows", actual.watched().get("rows"), expected.watched().get("rows"), 0);
        expected.ofWeights()
                .forEach((name, gradient) -> assertSame(name, actual.ofWeights().get(name), gradient, 1e-3));
        return expected;
    }

    @Test
    void everyRowHasAsManyExpertsAsAreActive() {
        LayerRun run = LAYER.of(HALF);
        double[] rows = run.inScript(weights(run), rows(50), draw(50, POSITIONS, WIDTH))
                .watched()
                .get("rows");
        for (int position = 0; position < POSITIONS; position++) {
            assertThat(Arrays.stream(rows, position * 7, position * 7 + 7).sum())
                    .isEqualTo(3 * 50);
        }
    }

    @Test
    void orderOfTheRoutedExpertsDoesNotMatter() {
        LayerRun run = LAYER.of(new MoeConfig(4, 3, 2, Gate.SELECTED, 0.5, 0.25));
        Map<String, Values> weights = weights(run);
        int[] order = {2, 0, 1};
        Map<String, Values> permuted = new LinkedHashMap<>(weights);
        permuted.put("gate_up", permuted(weights.get("gate_up"), 3, order));
        permuted.put("down", permuted(weights.get("down"), 3, order));
        permuted.put("router", columns(weights.get("router"), order));
        Values x = rows(20);
        Values by = draw(20, POSITIONS, WIDTH);
        Outcome one = run.inOracle(weights, x, by);
        Outcome other = run.inOracle(permuted, x, by);
        assertSame("output", other.output(), one.output(), 1e-12);
        assertSame("x", other.ofX(), one.ofX(), 1e-12);
        assertThat(other.loss()).isCloseTo(one.loss(), within(1e-12));
        double[] ofDown =
                permuted(new Values(one.ofWeights().get("down")), 3, order).data();
        assertSame("down", other.ofWeights().get("down"), ofDown, 1e-12);
    }

    /** Entries of the second axis of [N, entries, ..] in another order. */
    private static Values permuted(Values values, int entries, int[] order) {
        double[] data = new double[values.data().length];
        int size = data.length / POSITIONS / entries;
        for (int position = 0; position < POSITIONS; position++) {
            for (int e = 0; e < entries; e++) {
                int from = (position * entries + order[e]) * size;
                System.arraycopy(values.data(), from, data, (position * entries + e) * size, size);
            }
        }
        return new Values(data, values.shape());
    }

    /** Columns of [N, W, E - 1] in another order. */
    private static Values columns(Values router, int[] order) {
        int experts = (int) router.shape()[2];
        double[] data = new double[router.data().length];
        for (int i = 0; i < data.length; i++) {
            data[i] = router.data()[i - i % experts + order[i % experts]];
        }
        return new Values(data, router.shape());
    }

    @Test
    void allExpertsWithEqualSharesAreTheDenseNet() {
        LayerRun sparse = LAYER.of(new MoeConfig(4, 4, 3, Gate.SELECTED, 0, 0)); // alpha 3 of three thirds
        Map<String, Values> weights = weights(sparse);
        Arrays.fill(weights.get("router").data(), 0);
        Values x = rows(7);
        Values by = draw(7, POSITIONS, WIDTH);
        Outcome expected = LAYER.of(MoeConfig.DEFAULTS).inOracle(dense(weights, 4), x, by);
        Outcome actual = sparse.inOracle(weights, x, by);
        assertSame("output", actual.output(), expected.output(), 1e-12);
        assertSame("x", actual.ofX(), expected.ofX(), 1e-12);
        assertSame(
                "down",
                stacked(actual.ofWeights(), "down"),
                expected.ofWeights().get("down"),
                1e-12);
        Outcome script = sparse.inScript(weights, x, by);
        assertSame("output", script.output(), expected.output(), 1e-4);
    }

    /** The routed experts' numbers and the shared one's behind them, position by position. */
    private static double[] stacked(Map<String, double[]> weights, String name) {
        double[] routed = weights.get(name);
        double[] shared = weights.get("shared_" + name);
        double[] all = new double[routed.length + shared.length];
        int ofRouted = routed.length / POSITIONS;
        int ofShared = shared.length / POSITIONS;
        for (int position = 0; position < POSITIONS; position++) {
            int at = position * (ofRouted + ofShared);
            System.arraycopy(routed, position * ofRouted, all, at, ofRouted);
            System.arraycopy(shared, position * ofShared, all, at + ofRouted, ofShared);
        }
        return all;
    }

    /** Experts are slices of the hidden layer: gates of all side by side, then ups, and downs one below another. */
    private static Map<String, Values> dense(Map<String, Values> weights, int experts) {
        int m = EXPANSION * WIDTH / experts;
        Map<String, double[]> given = new LinkedHashMap<>();
        weights.forEach((name, value) -> given.put(name, value.data()));
        double[] all = stacked(given, "gate_up");
        double[] gateUp = new double[POSITIONS * WIDTH * 2 * experts * m];
        for (int i = 0; i < gateUp.length; i++) {
            int w = i % WIDTH;
            int row = i / WIDTH % (2 * experts * m);
            int position = i / WIDTH / (2 * experts * m);
            int half = row / (experts * m);
            int expert = row % (experts * m) / m;
            int from = ((position * experts + expert) * WIDTH + w) * 2 * m + half * m + row % m;
            gateUp[i] = all[from];
        }
        return Map.of(
                "gate_up", new Values(gateUp, POSITIONS, 2 * experts * m, WIDTH),
                "down", new Values(stacked(given, "down"), POSITIONS, experts * m, WIDTH));
    }

    @Test
    void aSingleRoutedExpertTeachesItsRouterOnlyThroughTheFullGate() {
        LayerRun run = LAYER.of(new MoeConfig(4, 2, 2, Gate.FULL, 0, 0));
        Outcome outcome = run.inScript(weights(run), rows(9), draw(9, POSITIONS, WIDTH));
        assertThat(Arrays.stream(outcome.ofWeights().get("router"))
                        .map(Math::abs)
                        .max())
                .matches(largest -> largest.orElse(0) > 1e-3);
        assertThatThrownBy(() -> LAYER.of(new MoeConfig(4, 2, 2, Gate.SELECTED, 0, 0)))
                .hasMessageContaining("router would never learn")
                .hasMessageContaining("gate: full");
    }

    @Test
    void expertsThatDoNotDivideTheHiddenLayerOfMixedTokensAreRefused() {
        RankerConfig config = RankerConfig.DEFAULTS
                .change()
                .width(WIDTH)
                .expansion(1)
                .moe(HALF)
                .build();
        Graph graph = new Graph();
        var x = graph.input("x", Axis.of("H", 2), Shape.BATCH, Axis.of("T*D/H", 12));
        SparseMoe layer = new SparseMoe("mix_ffn", config, new RouterLosses(HALF));
        assertThatThrownBy(() -> layer.apply(graph, x))
                .hasMessageContaining("ranker.moe.experts is 8")
                .hasMessageContaining("mix_ffn is 12")
                .hasMessageContaining("2, 3, 4, 6, 12");
    }

    @Test
    void eachExpertStartsInTheRangeOfItsOwnMatrix() {
        LayerRun run = LAYER.of(HALF);
        Parameter.Initial ofGateUp = run.program().parameters().stream()
                .filter(parameter -> parameter.name().equals("gate_up"))
                .findFirst()
                .orElseThrow()
                .initial();
        assertThat(ofGateUp).isEqualTo(new Parameter.Initial.Xavier(1, WIDTH, 2 * WIDTH / 8));
    }
}
