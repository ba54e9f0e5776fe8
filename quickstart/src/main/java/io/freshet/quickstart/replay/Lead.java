package io.freshet.quickstart.replay;

import java.time.Duration;

/**
 * Bounds how many events may wait for the job: about what it deals with in half a second.
 *
 * <p>So an event never waits for long in Kafka, on a slow machine as on a fast one, and yet the job never runs dry. Reads
 * no clock itself; not safe for more than one thread.
 */
final class Lead {
    /** Enough to find out how fast the job is. */
    static final long LEAST = 200;

    private static final double SECONDS = 0.5;
    private static final long SAMPLE_NANOS = Duration.ofMillis(250).toNanos();
    private static final double NEWEST_SAMPLE_WEIGHT = 0.3;

    private long sampledNanos;
    private long sampledHandled;
    private double handledPerSecond;

    /**
     * Whether one more event may be sent.
     *
     * @param sent events sent so far
     * @param waiting how many of them the job has not dealt with
     */
    boolean allows(long sent, long waiting, long nowNanos) {
        long handled = sent - waiting;
        if (sampledNanos == 0) {
            sampledNanos = nowNanos;
            sampledHandled = handled;
        } else if (nowNanos - sampledNanos >= SAMPLE_NANOS) {
            double latest = Math.max(0, handled - sampledHandled) * 1e9 / (nowNanos - sampledNanos);
            handledPerSecond += NEWEST_SAMPLE_WEIGHT * (latest - handledPerSecond);
            sampledNanos = nowNanos;
            sampledHandled = handled;
        }
        return waiting < Math.max(LEAST, handledPerSecond * SECONDS);
    }
}
