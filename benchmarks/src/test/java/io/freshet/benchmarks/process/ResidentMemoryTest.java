package io.freshet.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    @Test
    void readsThePeakOffTheKernelsStatus() {
        List<String> status = List.of("Name:\tjava", "VmHWM:\t  2048 kB", "VmRSS:\t  1024 kB");
        assertThat(ResidentMemory.bytes(status, "VmHWM:")).isEqualTo(2048 * 1024.0);
        assertThat(ResidentMemory.bytes(List.of(), "VmHWM:")).isNaN();
    }

    @Test
    void readsTheShareOfHugePagesOffTheKernelsSum() {
        List<String> pages = List.of("Rss:   9000 kB", "Anonymous:   8192 kB", "AnonHugePages:   6144 kB");
        assertThat(ResidentMemory.hugeShare(pages)).isEqualTo(0.75);
        assertThat(ResidentMemory.hugeShare(List.of())).isNaN();
    }
}
