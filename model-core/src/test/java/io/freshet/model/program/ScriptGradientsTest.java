package io.freshet.model.program;

import static io.freshet.model.program.GradientsTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.script.ScriptRun;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every op in the script, in float32 and with products in bfloat16, against the float64 oracle. */
class ScriptGradientsTest {
    private static final double TOLERANCE = 1e-5;

    /** bfloat16 rounds to 2^-9; kernels do that a dozen times on the way, and what they add up may cancel. */
    private static final double BF16_TOLERANCE = 0.15;

    static List<OpCase> cases() {
        return Stream.concat(OpCase.all().stream(), OpCase.large().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracle(OpCase op) {
        compare(op, Precision.FLOAT32, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracleUpToTheRoundingOfBf16(OpCase op) {
        compare(op, Precision.BF16, BF16_TOLERANCE);
    }

    private static void compare(OpCase op, Precision precision, double tolerance) {
        Program program = op.program();
        Map<String, double[]> expected = GradientsTest.ours(op);
        try (ScriptRun run = new ScriptRun()) {
            op.values().forEach((name, value) -> run.value(name, value.data(), value.sizes()));
            run.run(program, precision);
            op.rows().forEach(name -> check(op, name, run.gradient(name), expected.get(name), tolerance));
            program.parameters().stream()
                    .map(Parameter::name)
                    .forEach(name -> check(op, name, run.gradient(name), expected.get(name), tolerance));
        }
    }

    private static void check(OpCase op, String name, float[] actual, double[] expected, double tolerance) {
        String what = "%s, gradient of %s, seed %d".formatted(op, name, OpCase.SEED);
        double[] doubles = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            doubles[i] = actual[i];
        }
        assertThat(doubles).as(what).doesNotContain(Double.NaN);
        assertClose(what, doubles, expected, tolerance);
    }
}
