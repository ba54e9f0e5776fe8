package io.freshet.serving.replica;

import io.freshet.contracts.update.proto.VersionId;
import java.util.Optional;

/**
 * What a server knows about itself at one moment.
 *
 * @param eventToServed from an example's completing event in Kafka to the first score that has learnt from it
 * @param requests scoring requests answered, whatever the answer
 * @param failed those of them that were answered with a status of 500 or above
 * @param rejected those of them whose request was wrong: a status from 400 to 499
 * @param versionsServed versions that have gone live
 * @param live the live version
 * @param liveAgeMs milliseconds since the live version was cut; -1 without one
 */
public record ServerStatistics(
        Latency eventToServed,
        long requests,
        long failed,
        long rejected,
        long versionsServed,
        Optional<VersionId> live,
        long liveAgeMs) {
    /**
     * Latencies in milliseconds.
     *
     * @param examples how many were measured
     * @param p50Ms median; NaN without any
     * @param p99Ms 99th percentile; NaN without any
     */
    public record Latency(long examples, double p50Ms, double p99Ms) {}
}
