package io.freshet.flink.rows;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyGroupKeysTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 128, 1_000, 32_768})
    void flinkMapsEachKeyToItsGroup(int maxParallelism) {
        KeyGroupKeys keys = new KeyGroupKeys(maxParallelism);
        for (int group = 0; group < maxParallelism; group++) {
            assertThat(KeyGroupRangeAssignment.assignToKeyGroup(keys.keyOf(group), maxParallelism))
                    .isEqualTo(group);
        }
    }
}
