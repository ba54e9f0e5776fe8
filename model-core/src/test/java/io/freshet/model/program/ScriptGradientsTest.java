package io.freshet.model.program;

import static io.freshet.model.program.GradientsTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.script.ScriptRun;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every op in the script, in float32, against the float64 oracle. */
class ScriptGradientsTest {
    private static final double TOLERANCE = 1e-5;

    static List<OpCase> cases() {
        return Stream.concat(OpCase.all().stream(), OpCase.large().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracle(OpCase op) {
        Program program = op.program();
        Map<String, double[]> expected = GradientsTest.ours(op);
        try (ScriptRun run = new ScriptRun()) {
            op.values().forEach((name, value) -> run.value(name, value.data(), value.sizes()));
            run.run(program);
            op.rows().forEach(name -> check(op, name, run.gradient(name), expected.get(name)));
            program.parameters().stream()
                    .map(Parameter::name)
                    .forEach(name -> check(op, name, run.gradient(name), expected.get(name)));
        }
    }

    private static void check(OpCase op, String name, float[] actual, double[] expected) {
        String what = "%s, gradient of %s, seed %d".formatted(op, name, OpCase.SEED);
        double[] doubles = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            doubles[i] = actual[i];
        }
        assertThat(doubles).as(what).doesNotContain(Double.NaN);
        assertClose(what, doubles, expected, TOLERANCE);
    }
}
