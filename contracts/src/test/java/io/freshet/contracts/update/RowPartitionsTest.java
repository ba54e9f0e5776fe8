package io.freshet.contracts.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowPartitionsTest {
    @Test
    void keyGroupsSpreadEvenlyAndInOrder() {
        int[] partitions = IntStream.range(0, 128)
                .map(group -> RowPartitions.of(group, 128, 4))
                .toArray();
        assertThat(partitions).isSorted().startsWith(0).endsWith(3);
        assertThat(IntStream.of(partitions).filter(partition -> partition == 2).count())
                .isEqualTo(32);
    }

    @Test
    void moreKeyGroupsThanAnIntTimesPartitionsHoldsAreNoTrouble() {
        assertThat(RowPartitions.of(32_767, 32_768, 1_000_000)).isEqualTo(999_969);
    }
}
