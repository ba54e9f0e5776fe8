package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void distanceCountsInsertionsRemovalsReplacementsAndSwaps() {
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("table", "tabel")).isEqualTo(1);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    @Test
    void ofTwoAsNearTheFirstIsNamed() {
        assertThat(Nearest.of("x", List.of("a", "b"))).isEqualTo("a");
    }

    @Test
    void caseDoesNotMatter() {
        assertThat(Nearest.of("FP16", List.of("json", "fp16"))).isEqualTo("fp16");
    }
}
