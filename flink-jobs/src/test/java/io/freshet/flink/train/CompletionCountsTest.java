package io.freshet.flink.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.update.proto.CompletionBucket;
import org.junit.jupiter.api.Test;

class CompletionCountsTest {
    private final CompletionCounts counts = new CompletionCounts();

    @Test
    void examplesAreCountedByTenMilliseconds() {
        counts.add(1_009);
        counts.add(1_010);
        counts.add(1_000);
        assertThat(counts.drain()).containsExactly(bucket(1_000, 2), bucket(1_010, 1));
    }

    @Test
    void whatWasDrainedIsNotCountedAgain() {
        counts.add(5);
        counts.drain();
        counts.add(25);
        assertThat(counts.drain()).containsExactly(bucket(20, 1));
    }

    private static CompletionBucket bucket(long startMs, long examples) {
        return CompletionBucket.newBuilder()
                .setStartMs(startMs)
                .setExamples(examples)
                .build();
    }
}
