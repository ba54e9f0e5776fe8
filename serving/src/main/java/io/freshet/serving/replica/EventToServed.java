package io.freshet.serving.replica;

import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.VersionRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures how long an event takes to count: from the moment the event that completes an example is in Kafka to the moment
 * this server scores with a version that has learnt from it.
 *
 * <p>A version's record says when its examples were complete, in buckets of 10 ms. They wait here until the first score
 * by that version or a later one. Threads: any.
 */
public final class EventToServed {
    /** Versions that may wait for a score; of a server without traffic the oldest are forgotten. */
    static final int WAITING_MAX = 1000;

    private record Waiting(long order, List<CompletionBucket> completions) {}

    private final LatencyHistogram latencies = new LatencyHistogram();
    private final LongSupplier clockMs;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private volatile long newestScored;

    /** Reads the time, in milliseconds since the epoch, from {@code clockMs}. */
    public EventToServed(LongSupplier clockMs) {
        this.clockMs = clockMs;
    }

    /**
     * A version is about to go live.
     *
     * @param order of the version, from 1 on
     * @param covered records whose completions it brings
     */
    void wentLive(long order, List<VersionRecord> covered) {
        synchronized (waiting) {
            for (VersionRecord record : covered) {
                waiting.addLast(new Waiting(order, record.getCompletionsList()));
                if (waiting.size() > WAITING_MAX) {
                    waiting.removeFirst();
                }
            }
        }
    }

    /** A request was scored with a version. Cheap, but for the first time per version. */
    public void scored(ServedVersion version) {
        if (version.order() <= newestScored) {
            return;
        }
        long now = clockMs.getAsLong();
        synchronized (waiting) {
            while (!waiting.isEmpty() && waiting.peekFirst().order() <= version.order()) {
                for (CompletionBucket bucket : waiting.removeFirst().completions()) {
                    latencies.record(now - bucket.getStartMs(), bucket.getExamples());
                }
            }
            newestScored = Math.max(newestScored, version.order());
        }
    }

    /** What has been measured so far. */
    public LatencyHistogram latencies() {
        return latencies;
    }
}
