package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How impressions and actions meet.
 *
 * @param negativeSampleRate share of the unlabelled impressions that become negatives, in (0, 1]; the kept ones weigh
 *     1 / rate
 * @param outOfOrderness how far a topic's events may be out of order in event time
 * @param idleAfter a topic that is silent for so long no longer holds event time back
 * @param maxAhead an event whose time is further than this ahead of the wall clock is malformed
 */
public record JoinConfig(
        Emission emission, double negativeSampleRate, Duration outOfOrderness, Duration idleAfter, Duration maxAhead)
        implements Serializable {
    /** What holds when the file does not say. */
    public static final JoinConfig DEFAULTS =
            new JoinConfig(Emission.WAIT, 1.0, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofDays(1));

    public JoinConfig {
        new Problems()
                .require(
                        negativeSampleRate > 0 && negativeSampleRate <= 1, // Stated positively: NaN fails too.
                        "negative-sample-rate",
                        "above 0 and at most 1",
                        negativeSampleRate)
                .requireAtLeast(Duration.ZERO, "out-of-orderness", outOfOrderness)
                .requireAtLeast(Duration.ofMillis(1), "idle-after", idleAfter)
                .requireAtLeast(Duration.ofMillis(1), "max-ahead", maxAhead)
                .throwIfAny();
    }

    /** When an example is emitted. */
    public enum Emission {
        /** Positive at its action, negative when the window closes. */
        WAIT
    }
}
