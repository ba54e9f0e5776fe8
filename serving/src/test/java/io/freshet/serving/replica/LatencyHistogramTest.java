package io.freshet.serving.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void anEmptyOneHasNoQuantile() {
        assertThat(histogram.quantile(0.5)).isNaN();
        assertThat(histogram.count()).isZero();
    }

    @Test
    void isExactBelow128() {
        for (int i = 1; i <= 100; i++) {
            histogram.record(i, 1);
        }
        assertThat(histogram.quantile(0.5)).isEqualTo(50);
        assertThat(histogram.quantile(0.99)).isEqualTo(99);
        assertThat(histogram.quantile(1)).isEqualTo(100);
    }

    @Test
    void weighsByExamples() {
        histogram.record(10, 98);
        histogram.record(20, 2);
        assertThat(histogram.quantile(0.98)).isEqualTo(10);
        assertThat(histogram.quantile(0.99)).isEqualTo(20);
        assertThat(histogram.count()).isEqualTo(100);
    }

    @Test
    void aClockThatRunsBehindCountsAsZero() {
        histogram.record(-5, 1);
        assertThat(histogram.quantile(0.5)).isZero();
    }

    @Test
    void takesTheLargestLong() {
        histogram.record(Long.MAX_VALUE, 1);
        assertThat(histogram.quantile(0.5)).isEqualTo((double) Long.MAX_VALUE);
    }

    @Test
    void isWithinTwoPercentOfTheSortedValues() {
        Random random = new Random(7);
        long[] values =
                random.doubles(10_000).mapToLong(u -> (long) Math.exp(u * 15)).toArray();
        Arrays.stream(values).forEach(value -> histogram.record(value, 1));
        Arrays.sort(values);
        for (double share : new double[] {0.01, 0.1, 0.5, 0.9, 0.99, 1}) {
            double exact = values[(int) Math.ceil(share * values.length) - 1];
            assertThat(histogram.quantile(share)).as("%s", share).isCloseTo(exact, within(0.016 * exact));
        }
    }
}
