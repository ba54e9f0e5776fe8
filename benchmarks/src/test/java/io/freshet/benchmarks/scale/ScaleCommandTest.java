package io.freshet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ScaleCommandTest {
    @Test
    void takesStepsWithATinyRanker() {
        ScaleOptions tiny = new ScaleOptions(8, 4, 16, 2, 2);
        ResultLine line = ScaleCommand.run(tiny, new PrintWriter(new StringWriter()));
        assertThat(line.values()).containsKeys("params", "step_ms", "peak_rss_gb", "loss_first", "loss_last");
        assertThat((int) line.values().get("params")).isGreaterThan(6 * 2 * 2 * 4 * 16 * 16);
    }
}
