package io.freshet.model.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import io.freshet.model.engine.Engines;
import io.freshet.model.oracle.Oracle;
import io.freshet.model.program.Shape.Axis;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our gradients against the engine's autograd of the same program, and against finite differences, in float64. */
class GradientsTest {
    private static final double TOLERANCE = 1e-10;
    /** Balances the error of the difference, h^2, with that of the arithmetic, 1e-16 / h. */
    private static final double STEP = 1e-5;

    private static final double DIFFERENCE_TOLERANCE = 1e-8;
    private static final Axis B = Shape.BATCH;
    private static final Axis ONE = Axis.of("one", 1);
    private static final Axis TWO = Axis.of("two", 2);

    static List<OpCase> cases() {
        return OpCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfAutogradAndOfFiniteDifferences(OpCase op) {
        Program program = op.program();
        Map<String, OpCase.Values> values = op.values();
        Map<String, double[]> ours = ours(op);
        Map<String, double[]> autograd = autograd(program, values);
        assertThat(ours).hasSameSizeAs(op.inputs());
        ours.forEach((name, gradient) -> {
            String what = "%s, gradient of %s, seed %d".formatted(op, name, OpCase.SEED);
            assertClose(what, gradient, autograd.get(name), TOLERANCE);
            double[] differences = differences(program, values, name);
            assertClose(what + ", finite differences", gradient, differences, DIFFERENCE_TOLERANCE);
        });
    }

    /** Gradients of all inputs and parameters by our rules, in float64. */
    static Map<String, double[]> ours(OpCase op) {
        return ours(op, op.values());
    }

    /** Likewise, with other values. */
    static Map<String, double[]> ours(OpCase op, Map<String, OpCase.Values> values) {
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            Map<String, NDArray> arrays = arrays(manager, values);
            Program program = op.program();
            TrainingProgram.Results<NDArray> results =
                    TrainingProgram.of(program, op.rows()).run(new Oracle(manager, arrays, arrays));
            Map<String, double[]> gradients = new LinkedHashMap<>();
            for (int i = 0; i < op.rows().size(); i++) {
                gradients.put(op.rows().get(i), results.inputs().get(i).toDoubleArray());
            }
            for (int i = 0; i < program.parameters().size(); i++) {
                String name = program.parameters().get(i).name();
                gradients.put(name, results.parameters().get(i).toDoubleArray());
            }
            return gradients;
        }
    }

    private static Map<String, double[]> autograd(Program program, Map<String, OpCase.Values> values) {
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            Map<String, NDArray> arrays = arrays(manager, values);
            arrays.values().forEach(array -> array.setRequiresGradient(true));
            try (GradientCollector collector = Engines.engine().newGradientCollector()) {
                collector.backward(
                        program.run(new Oracle(manager, arrays, arrays)).loss());
            }
            Map<String, double[]> gradients = new HashMap<>();
            // What the loss does not depend on has a float32 gradient of zeros.
            arrays.forEach((name, array) -> gradients.put(
                    name, array.getGradient().toType(DataType.FLOAT64, false).toDoubleArray()));
            return gradients;
        }
    }

    private static double[] differences(Program program, Map<String, OpCase.Values> values, String name) {
        double[] x = values.get(name).data();
        double[] differences = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double middle = x[i];
            x[i] = middle + STEP;
            double above = loss(program, values);
            x[i] = middle - STEP;
            double below = loss(program, values);
            x[i] = middle;
            differences[i] = (above - below) / (2 * STEP);
        }
        return differences;
    }

    private static double loss(Program program, Map<String, OpCase.Values> values) {
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            Map<String, NDArray> arrays = arrays(manager, values);
            return program.run(new Oracle(manager, arrays, arrays)).loss().getDouble();
        }
    }

    private static Map<String, NDArray> arrays(NDManager manager, Map<String, OpCase.Values> values) {
        Map<String, NDArray> arrays = new HashMap<>();
        values.forEach((name, value) -> arrays.put(name, Oracle.doubles(manager, value.data(), value.sizes())));
        return arrays;
    }

    /** Close in relation to the largest number. */
    static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double scale = 1;
        for (double value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(actual[i] - expected[i]) / scale;
            assertThat(error).as("%s, entry %d", what, i).isLessThan(tolerance);
        }
    }

    @Test
    void whatTheLossDoesNotDependOnGetsZeros() {
        Graph graph = new Graph();
        Tensor x = graph.input("x", TWO);
        Tensor y = graph.input("y", TWO);
        y.silu();
        assertThat(Gradients.of(x.sum(0), List.of(x, y)))
                .extracting(gradient ->
                        graph.steps().get(gradient.id()).op().getClass().getSimpleName())
                .containsExactly("RepeatAs", "Filled");
    }

    @Test
    void stepsThatLeadToNothingWantedGetNoGradient() {
        Graph graph = new Graph();
        Tensor x = graph.input("x", B, TWO);
        Tensor y = graph.input("y", B, TWO);
        Tensor loss = x.times(y.silu().exp().log()).sum(1).sum(0);
        int before = graph.steps().size();
        Gradients.of(loss, List.of(x));
        assertThat(graph.steps().subList(before, graph.steps().size()))
                .extracting(step -> step.op().getClass().getSimpleName())
                .containsExactly("Filled", "RepeatAs", "RepeatAs", "Multiply");
    }

    @Test
    void thePiecesOfACutTensorAreJoinedByOneStep() {
        Graph graph = new Graph();
        Tensor x = graph.input("x", B, Axis.of("four", 4));
        List<Tensor> parts = x.split(1, ONE, TWO, ONE);
        Tensor loss = graph.concat(1, List.of(parts.get(2), parts.get(0), parts.get(1), parts.get(0)))
                .sum(1)
                .sum(0);
        int before = graph.steps().size();
        Gradients.of(loss, List.of(x));
        assertThat(graph.steps().subList(before, graph.steps().size()))
                .extracting(step -> step.op().getClass().getSimpleName())
                .containsOnlyOnce("Concat")
                .containsOnlyOnce("Add");
    }

    @Test
    void anOpWithoutARuleIsNamedWithItsLayer() {
        Graph graph = new Graph();
        Tensor x = graph.input("x", TWO);
        Tensor y;
        try (Graph.Scope scope = graph.scope("block.1")) {
            y = graph.step(new ActivationOp.SiluBackward(), x.shape(), x, x);
        }
        Tensor loss = y.sum(0);
        assertThatThrownBy(() -> Gradients.of(loss, List.of(x)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("block.1: no gradient is known for SiluBackward");
    }

    @Test
    void aLossOfSeveralNumbersIsRefused() {
        Tensor x = new Graph().input("x", B, TWO);
        assertThatThrownBy(() -> Gradients.of(x, List.of(x))).hasMessageContaining("one number, not [B, two=2]");
    }
}
