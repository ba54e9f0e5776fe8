package io.freshet.serving.http;

import com.linecorp.armeria.common.HttpStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Counts scoring requests by how they were answered. Threads: any. */
final class RequestCounts {
    private final Counter answered;
    private final Counter rejected;
    private final Counter failed;
    private final Counter aborted;
    private final Timer timer;

    RequestCounts(MeterRegistry registry) {
        answered = outcome(registry, "ok");
        rejected = outcome(registry, "rejected");
        failed = outcome(registry, "failed");
        aborted = outcome(registry, "aborted");
        timer = Timer.builder("freshet.score.time")
                .description("From a request's last byte to its answer")
                .publishPercentileHistogram()
                .register(registry);
    }

    private static Counter outcome(MeterRegistry registry, String outcome) {
        return Counter.builder("freshet.score.requests")
                .description("Scoring requests; rejected: status 4xx, failed: status 5xx, aborted: by the client")
                .tag("outcome", outcome)
                .register(registry);
    }

    void answered(HttpStatus status, long nanos) {
        outcome(status).increment();
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Counter outcome(HttpStatus status) {
        return switch (status.codeClass()) {
            case SUCCESS -> answered;
            case CLIENT_ERROR -> rejected;
            case SERVER_ERROR -> failed;
            default -> aborted;
        };
    }

    long total() {
        return (long) (answered.count() + rejected.count() + failed.count() + aborted.count());
    }

    long rejected() {
        return (long) rejected.count();
    }

    long failed() {
        return (long) failed.count();
    }
}
