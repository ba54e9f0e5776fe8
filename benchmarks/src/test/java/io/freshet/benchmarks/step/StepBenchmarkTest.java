package io.freshet.benchmarks.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.benchmarks.result.ResultLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepBenchmarkTest {
    private static final StepShape TINY = new StepShape(8, 4, 2, 16, 2, 2, 1);

    @Test
    void measuresATinyStep() throws IOException {
        ResultLine line = new StepBenchmark(TINY, 3, 0, new PrintWriter(new StringWriter())).run(Optional.empty());
        assertThat(line.values()).containsKeys("gflops", "bmm_gflops", "of_bmm", "step_ms");
        double gflops = number(line, "gflops");
        assertThat(gflops).isPositive();
        assertThat(number(line, "of_bmm")).isCloseTo(gflops / number(line, "bmm_gflops"), within(0.01));
        assertThat(gflops * number(line, "step_ms")).isCloseTo(TINY.flops() / 1e6, within(0.01 * TINY.flops() / 1e6));
    }

    @Test
    void countsTheProductsOfTheBlocks() {
        // B 512, T = H 16, D 128, n 2: 3 matrices of 128 x 256 per position and half-block, multiply and add.
        double forward = 2.0 * 512 * 16 * 3 * 128 * 256;
        assertThat(new StepShape(512, 16, 16, 128, 2, 4, 1).flops()).isEqualTo(3 * 4 * 2 * forward);
        // H = 4 of T 16: mixed tokens are four times as wide and a quarter as many, so that half costs four times as
        // much.
        assertThat(new StepShape(512, 16, 4, 128, 2, 4, 1).flops()).isEqualTo(3 * 4 * 5 * forward);
    }

    private static double number(ResultLine line, String key) {
        return ((BigDecimal) line.values().get(key)).doubleValue();
    }
}
