package io.freshet.model.golden;

import static io.freshet.model.golden.Close.assertClose;

import io.freshet.model.layer.MoeProgram;
import io.freshet.model.oracle.LayerRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sparse mixture of experts alone, against an independent implementation and against finite differences: by the
 * oracle in float64 and by the script in float32, both with our own backward.
 */
class SparseMoeGoldenTest {
    private static final double DOUBLE_TOLERANCE = 1e-10;
    private static final double FLOAT_TOLERANCE = 1e-5;
    private static final double STEP = 1e-5;

    static List<Golden> mixtures() {
        return Golden.ofCase("sparse_moe");
    }

    @ParameterizedTest
    @MethodSource("mixtures")
    void theOracleGivesTheGoldenOutputAndGradients(Golden golden) {
        LayerRun.Outcome outcome = run(golden).inOracle(weights(golden), x(golden), by(golden));
        assertGolden(golden, outcome, DOUBLE_TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("mixtures")
    void theScriptGivesTheGoldenOutputAndGradients(Golden golden) {
        LayerRun.Outcome outcome = run(golden).inScript(weights(golden), x(golden), by(golden));
        assertGolden(golden, outcome, FLOAT_TOLERANCE);
    }

    private static void assertGolden(Golden golden, LayerRun.Outcome outcome, double tolerance) {
        double[] output = golden.values("output").data();
        assertClose("output", outcome.output(), output, tolerance);
        assertClose("rows", outcome.watched().get("rows"), golden.values("rows").data(), 1e-15);
        assertClose("loss", new double[] {outcome.loss()}, new double[] {loss(golden, output)}, tolerance);
        double[] ofX = golden.values("gradients", "inputs", "x").data();
        assertClose("x", outcome.ofX(), ofX, tolerance);
        Golden.all(golden.at("gradients", "weights"))
                .forEach((name, value) -> assertClose(name, outcome.ofWeights().get(name), value.data(), tolerance));
    }

    private static double loss(Golden golden, double[] output) {
        double loss = 0;
        double[] by = golden.values("output_gradient").data();
        for (int i = 0; i < output.length; i++) {
            loss += output[i] * by[i];
        }
        loss += golden.at("config", "moe", "balance_loss").asDouble()
                * golden.values("balance").data()[0];
        return loss
                + golden.at("config", "moe", "router_z_loss").asDouble()
                        * golden.values("z_loss").data()[0];
    }

    /** Every number of the input, the router and the experts, moved a little both ways. */
    @ParameterizedTest
    @ValueSource(strings = {"sparse-moe-4-of-8", "sparse-moe-3-of-4-full-losses"})
    void ourGradientsAreThoseOfFiniteDifferences(String name) {
        Golden golden = Golden.file(name);
        LayerRun run = run(golden);
        Map<String, LayerRun.Values> weights = weights(golden);
        LayerRun.Values x = x(golden);
        LayerRun.Values by = by(golden);
        LayerRun.Outcome outcome = run.inOracle(weights, x, by);
        DoubleSupplier loss = () -> run.lossInOracle(weights, x, by);
        assertClose("x", outcome.ofX(), differences(x.data(), loss), 1e-8);
        weights.forEach((weight, values) ->
                assertClose(weight, outcome.ofWeights().get(weight), differences(values.data(), loss), 1e-8));
    }

    private static double[] differences(double[] values, DoubleSupplier loss) {
        double[] differences = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double kept = values[i];
            values[i] = kept + STEP;
            double above = loss.getAsDouble();
            values[i] = kept - STEP;
            double below = loss.getAsDouble();
            values[i] = kept;
            differences[i] = (above - below) / (2 * STEP);
        }
        return differences;
    }

    private static LayerRun run(Golden golden) {
        int positions = golden.at("config", "positions").asInt();
        int width = golden.at("config", "width").asInt();
        int expansion = golden.at("config", "expansion").asInt();
        return new MoeProgram(positions, width, expansion).of(GoldenConfig.moe(golden.at("config")));
    }

    private static Map<String, LayerRun.Values> weights(Golden golden) {
        Map<String, LayerRun.Values> weights = new HashMap<>();
        Golden.all(golden.at("weights")).forEach((name, value) -> weights.put(name, values(value)));
        return weights;
    }

    private static LayerRun.Values x(Golden golden) {
        return values(golden.values("inputs", "x"));
    }

    private static LayerRun.Values by(Golden golden) {
        return values(golden.values("output_gradient"));
    }

    private static LayerRun.Values values(Golden.Values values) {
        return new LayerRun.Values(values.data(), values.shape());
    }
}
