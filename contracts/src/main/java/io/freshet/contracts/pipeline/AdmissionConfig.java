package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How the touches of rows are counted that a table does not hold yet, where {@code admit-after} is above 1.
 *
 * @param counting with what
 * @param memory bytes that the sketch of the whole table takes, all subtasks together
 * @param decay counts are halved whenever so much event time has passed; zero for never
 * @param before what reading such a row gives
 */
public record AdmissionConfig(Counting counting, long memory, Duration decay, Before before) implements Serializable {
    /** What holds when the file does not say. */
    public static final AdmissionConfig DEFAULTS =
            new AdmissionConfig(Counting.EXACT, 16L << 20, Duration.ZERO, Before.INITIAL);

    private static final long MEMORY_MIN = 64L << 10;
    private static final long MEMORY_MAX = 16L << 30;

    public AdmissionConfig {
        new Problems()
                .require(
                        memory >= MEMORY_MIN && memory <= MEMORY_MAX,
                        "memory",
                        "from " + SizeText.of(MEMORY_MIN) + " to " + SizeText.of(MEMORY_MAX),
                        SizeText.of(memory))
                .requireAtLeast(Duration.ZERO, "decay", decay)
                .throwIfAny();
    }

    /** Whether it says how to count: not where a row comes in at its first touch. */
    boolean counts() {
        return counting != DEFAULTS.counting || memory != DEFAULTS.memory || !decay.equals(DEFAULTS.decay);
    }

    /** How touches are counted. */
    public enum Counting {
        /** One counter per waiting row: right, and as large as there are waiting rows. */
        EXACT,
        /** Counters shared between rows: of bounded size, and sometimes too high, so that a row comes in early. */
        SKETCH
    }

    /** What a row reads as that the table does not hold. */
    public enum Before {
        /** The values that it starts with. */
        INITIAL,
        /** All zeros, so that unknown ids look alike to the ranker. */
        ZEROS
    }
}
