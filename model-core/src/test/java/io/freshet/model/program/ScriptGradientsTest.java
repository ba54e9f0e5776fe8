package io.freshet.model.program;

import static io.freshet.model.program.GradientsTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.Rounding;
import io.freshet.model.script.ScriptRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every op in the script, in float32 and with products in bfloat16, against the float64 oracle. */
class ScriptGradientsTest {
    private static final double TOLERANCE = 1e-5;

    static List<OpCase> cases() {
        return Stream.concat(OpCase.all().stream(), OpCase.large().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracle(OpCase op) {
        Map<String, double[]> expected = GradientsTest.ours(op);
        gradients(op, Precision.FLOAT32)
                .forEach((name, actual) -> assertClose(what(op, name), actual, expected.get(name), TOLERANCE));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracleUpToTheRoundingOfBf16(OpCase op) {
        Map<String, double[]> expected = GradientsTest.ours(op);
        Rounding rounding = new Rounding(OpCase.SEED);
        int repetitions = OpCase.large().contains(op) ? 2 : 12; // A length of many numbers says enough.
        List<Map<String, double[]>> rounded = Stream.generate(() -> GradientsTest.ours(op, moved(op, rounding)))
                .limit(repetitions)
                .toList();
        gradients(op, Precision.BF16)
                .forEach((name, actual) -> rounding.assertWithin(
                        what(op, name),
                        actual,
                        expected.get(name),
                        rounded.stream().map(each -> each.get(name)).toList()));
    }

    /** The values of a case, each moved as if it were rounded. */
    private static Map<String, OpCase.Values> moved(OpCase op, Rounding rounding) {
        Map<String, OpCase.Values> values = op.values();
        values.values().forEach(value -> rounding.move(value.data()));
        return values;
    }

    private static String what(OpCase op, String name) {
        return "%s, gradient of %s, seed %d".formatted(op, name, OpCase.SEED);
    }

    private static Map<String, double[]> gradients(OpCase op, Precision precision) {
        Program program = op.program();
        Map<String, double[]> gradients = new LinkedHashMap<>();
        try (ScriptRun run = new ScriptRun()) {
            op.values().forEach((name, value) -> run.value(name, value.data(), value.sizes()));
            run.run(program, precision);
            op.rows().forEach(name -> gradients.put(name, Rounding.doubles(run.gradient(name))));
            program.parameters().stream()
                    .map(Parameter::name)
                    .forEach(name -> gradients.put(name, Rounding.doubles(run.gradient(name))));
        }
        gradients.forEach(
                (name, gradient) -> assertThat(gradient).as(what(op, name)).doesNotContain(Double.NaN));
        return gradients;
    }
}
