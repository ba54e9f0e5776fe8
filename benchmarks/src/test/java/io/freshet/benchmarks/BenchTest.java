package io.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
    @Test
    void listsTheBenchmarksByName() {
        StringWriter said = new StringWriter();
        int code = new CommandLine(new Bench()).setOut(new PrintWriter(said)).execute();
        assertThat(code).isZero();
        assertThat(said.toString()).contains("step ", "moe ", "ablation ", "streams ", "scale ", "rows ");
    }

    @Test
    void refusesABenchmarkThatDoesNotExist() {
        assertThat(Bench.run("stpe")).isEqualTo(2);
    }
}
