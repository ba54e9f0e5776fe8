package io.freshet.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SoakBenchmarkTest {
    /** The engine's caches are still filling; a leak of each step's arrays would be more. */
    private static final double GROWTH_MAX_MIB = 64;

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryOfAThousandStepsOfVaryingSizesStaysWithinBounds() throws IOException {
        StringWriter printed = new StringWriter();
        String line =
                new SoakBenchmark(1_000, 32, new PrintWriter(printed)).run().toString();
        assertThat(line).contains("\"steps\":1000").contains("\"skipped\":2");
        double growth = Double.parseDouble(line.replaceAll(".*\"growth_mib\":([^,}]*).*", "$1"));
        assertThat(growth).isLessThan(GROWTH_MAX_MIB);
        assertThat(printed.toString().lines()).hasSize(21);
    }
}
