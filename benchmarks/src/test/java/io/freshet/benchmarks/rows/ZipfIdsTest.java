package io.freshet.benchmarks.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ZipfIdsTest {
    private static final int DRAWS = 400_000;

    @Test
    void drawsEachRankInProportionToOneOverIt() {
        int rows = 1000;
        double sum = LongStream.rangeClosed(1, rows).mapToDouble(k -> 1.0 / k).sum();
        int[] seen = new int[rows + 1];
        ZipfIds zipf = new ZipfIds(rows, 7);
        for (int i = 0; i < DRAWS; i++) {
            seen[(int) zipf.rank()]++;
        }
        assertThat(seen[0]).isZero();
        for (int rank = 1; rank <= rows; rank++) {
            double expected = DRAWS / (sum * rank);
            // Six standard deviations of a count that is nearly a Poisson one.
            assertThat((double) seen[rank]).as("rank %d", rank).isCloseTo(expected, within(6 * Math.sqrt(expected)));
        }
    }

    @Test
    void theSameSeedDrawsTheSameBatches() {
        assertThat(new ZipfIds(50, 3).batches(4, 16)).isDeepEqualTo(new ZipfIds(50, 3).batches(4, 16));
    }

    @Test
    void everyRowIsMadeOnce() {
        for (int rows : new int[] {1, 2, 1000, 65_536}) {
            assertThat(LongStream.range(0, rows)
                            .map(made -> ZipfIds.inOrderOfMaking(made, rows))
                            .toArray())
                    .containsExactlyInAnyOrder(
                            LongStream.rangeClosed(1, rows).map(ZipfIds::ofRank).toArray());
        }
    }

    @Test
    void sortsAsBytesAreCompared() {
        long[] ids = {-1, 0, Long.MIN_VALUE, Long.MAX_VALUE, 1};
        ZipfIds.sortAsUnsigned(ids);
        assertThat(Arrays.stream(ids)).containsExactly(0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, -1L);
    }
}
