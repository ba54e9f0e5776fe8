package io.freshet.contracts.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeyGroupsTest {
    @Test
    void keyGroupsOfStoredRowsNeverChange() {
        assertThat(LongStream.of(0, 1, 42, -1, Long.MIN_VALUE)
                        .mapToInt(id -> KeyGroups.of("item", id, 128))
                        .toArray())
                .containsExactly(87, 30, 48, 110, 56);
        assertThat(KeyGroups.of("user", 42, 128)).isNotEqualTo(KeyGroups.of("item", 42, 128));
    }

    @Test
    void consecutiveIdsSpreadEvenlyOverAllKeyGroups() {
        int[] rows = new int[128];
        LongStream.range(0, 128_000).forEach(id -> rows[KeyGroups.of("item", id, 128)]++);
        // 1000 expected each, standard deviation 31.5.
        assertThat(IntStream.of(rows).boxed()).allSatisfy(n -> assertThat(n).isBetween(840, 1160));
    }
}
