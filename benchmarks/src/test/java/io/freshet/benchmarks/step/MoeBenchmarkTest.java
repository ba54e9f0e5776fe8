package io.freshet.benchmarks.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class MoeBenchmarkTest {
    @Test
    void measuresATinyStepDenseAndSparse() {
        StepShape tiny = new StepShape(8, 4, 2, 16, 2, 2, 1);
        ResultLine line = new MoeBenchmark(tiny, 3, new PrintWriter(new StringWriter())).run(4, 3);
        assertThat(number(line, "active_share")).isEqualTo(0.75);
        double ratio = number(line, "sparse_ms") / number(line, "dense_ms");
        assertThat(number(line, "over_ideal")).isCloseTo(ratio / 0.75, within(0.01 * ratio));
    }

    private static double number(ResultLine line, String key) {
        return ((BigDecimal) line.values().get(key)).doubleValue();
    }
}
