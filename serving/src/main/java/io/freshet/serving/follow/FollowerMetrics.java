package io.freshet.serving.follow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the follower counts. */
final class FollowerMetrics {
    private final Map<Refusal.Reason, Counter> refusals = new EnumMap<>(Refusal.Reason.class);
    private final Counter records;
    private final Counter dropped;
    private final Counter failures;
    private final Counter restarts;
    private final AtomicLong waitingRows = new AtomicLong();

    FollowerMetrics(MeterRegistry registry) {
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            refusals.put(
                    reason,
                    Counter.builder("freshet.follow.refusals")
                            .description("Records or versions of the model topics that were refused")
                            .tag("reason", reason.name().toLowerCase(java.util.Locale.ROOT))
                            .register(registry));
        }
        records = Counter.builder("freshet.follow.records")
                .description("Records read from the model topics")
                .register(registry);
        dropped = Counter.builder("freshet.follow.dropped")
                .description("Records of lineages that are not followed")
                .register(registry);
        failures = Counter.builder("freshet.follow.failures")
                .description("Times that Kafka or a version could not be used")
                .register(registry);
        restarts = Counter.builder("freshet.follow.restarts")
                .description("Times that the model topics were read from their start")
                .register(registry);
        Gauge.builder("freshet.follow.waiting.rows", waitingRows, AtomicLong::get)
                .description("Rows that wait for their version to be whole")
                .register(registry);
    }

    void refused(Refusal.Reason reason) {
        refusals.get(reason).increment();
    }

    void read(int count) {
        records.increment(count);
    }

    void droppedOne() {
        dropped.increment();
    }

    void failed() {
        failures.increment();
    }

    void started() {
        restarts.increment();
    }

    void waiting(long rows) {
        waitingRows.set(rows);
    }
}
