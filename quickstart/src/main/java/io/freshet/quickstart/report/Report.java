package io.freshet.quickstart.report;

import java.util.SortedMap;

/**
 * What a run has shown. Numbers that the run cannot tell are null.
 *
 * @param eventToServedMs from the append of the event that completes an example to the first request scored by a version
 *     that has learnt from it
 * @param wallSeconds from the start of the replay to this report
 */
public record Report(
        Events events,
        Join join,
        Train train,
        ProgressiveQuality progressive,
        ServedQuality served,
        Versions versions,
        Staleness eventToServedMs,
        Requests requests,
        double wallSeconds) {
    /** Messages that the job has read, good or bad. */
    public record Events(long impressions, long actions) {}

    /** @param dropped how many events did not make it into an example, by reason */
    public record Join(long examples, long positives, SortedMap<String, Long> dropped) {}

    /** @param examplesPerSecond between the first and the last training step */
    public record Train(long examples, long steps, Double examplesPerSecond) {}

    /** @param published cut by the trainer; {@code served} were live in the server */
    public record Versions(long published, long served) {}

    /** Quantiles over examples, milliseconds. */
    public record Staleness(Double p50, Double p99) {}

    /** @param failed without an answer, or with one that is no success */
    public record Requests(long total, long failed) {}
}
