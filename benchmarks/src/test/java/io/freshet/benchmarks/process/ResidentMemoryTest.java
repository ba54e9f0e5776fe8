package io.freshet.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    @Test
    void readsThePeakOffTheKernelsStatus() {
        List<String> status = List.of("Name:\tjava", "VmHWM:\t  2048 kB", "VmRSS:\t  1024 kB");
        assertThat(ResidentMemory.peakBytes(status)).isEqualTo(2048 * 1024.0);
        assertThat(ResidentMemory.peakBytes(List.of())).isNaN();
    }
}
