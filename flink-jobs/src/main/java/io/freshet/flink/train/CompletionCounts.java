package io.freshet.flink.train;

import io.freshet.contracts.update.proto.CompletionBucket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When the examples of the next version were complete in Kafka, by 10 ms: from it servers tell how long an event took
 * until it changed an answer.
 */
final class CompletionCounts {
    static final long BUCKET_MS = 10;

    private final TreeMap<Long, Long> examplesByStart = new TreeMap<>();

    void add(long completedAtMs) {
        examplesByStart.merge(Math.floorDiv(completedAtMs, BUCKET_MS) * BUCKET_MS, 1L, Long::sum);
    }

    /** The counts, oldest first; none are left. */
    List<CompletionBucket> drain() {
        List<CompletionBucket> buckets = examplesByStart.entrySet().stream()
                .map(CompletionCounts::bucket)
                .toList();
        examplesByStart.clear();
        return buckets;
    }

    private static CompletionBucket bucket(Map.Entry<Long, Long> entry) {
        return CompletionBucket.newBuilder()
                .setStartMs(entry.getKey())
                .setExamples(entry.getValue())
                .build();
    }
}
