package io.freshet.contracts.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gathers all problems before anything is thrown. Says one thing per spot: the first problem found there. */
final class Problems {
    /** The longest duration a pipeline may ask for; keeps every sum of times far from overflow. */
    static final Duration LONGEST = Duration.ofDays(3650);

    private final List<Problem> found = new ArrayList<>();

    /** Demands something of a value; {@code expected} completes "must be ...". */
    Problems require(boolean satisfied, String key, String expected, Object value) {
        return satisfied ? this : add(key, "is " + shown(value) + ", but must be " + expected + ".");
    }

    Problems requireAtLeast(Duration least, String key, Duration value) {
        return require(
                value.compareTo(least) >= 0 && value.compareTo(LONGEST) <= 0,
                key,
                "from " + DurationText.of(least) + " to " + DurationText.of(LONGEST),
                value);
    }

    Problems requireWithin(int least, int most, String key, int value) {
        return require(value >= least && value <= most, key, "from " + least + " to " + most, value);
    }

    /** Demands a positive number that is still one as a 32-bit float, which is what every such number ends as. */
    Problems requirePositive(String key, double value) {
        return require(!(value <= 0), key, "a number above 0", value)
                .require((float) value > 0 && Float.isFinite((float) value), key, "from 1.4e-45 to 3.4e38", value);
    }

    /** Demands zero or a positive number, finite as a 32-bit float. */
    Problems requireNotNegative(String key, double value) {
        return require(!(value < 0), key, "0 or a number above 0", value)
                .require(value >= 0 && Float.isFinite((float) value), key, "from 0 to 3.4e38", value);
    }

    /** Demands a number from 0 to 1, 1 excluded. */
    Problems requireShare(String key, double value) {
        return require(value >= 0 && value < 1, key, "from 0 to 1, 1 excluded", value);
    }

    /** Demands that no step of an optimizer that divides by a root of squares plus epsilon divides 0 by 0. */
    Problems requireDivisor(double initialAccumulator, double epsilon, boolean divides) {
        return require(
                !divides || (float) epsilon > 0 || (float) initialAccumulator > 0,
                "epsilon",
                "a number above 0 where squares start at 0: a gradient of 0 would be divided by 0",
                epsilon);
    }

    /** Demands that a key is left out where its section's {@code type} has no use for it. */
    Problems requireUsed(Enum<?> type, String key, boolean isUsed) {
        String word = ValueType.word(type);
        return isUsed ? this : add(key, "is given, but the type " + word + " has none. Remove it, or change the type.");
    }

    /** Demands what every name must be, so that it can stand in metrics, logs and binary keys. */
    Problems requireName(String key, String value) {
        return require(Names.isName(value), key, Names.RULE, value);
    }

    Problems add(String key, String message) {
        return add(new Problem(key, message));
    }

    Problems add(Problem problem) {
        // A record built from a value that could not be read would only complain about its stand-in.
        if (found.stream().noneMatch(problem::overlaps)) {
            found.add(problem);
        }
        return this;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Problem> all() {
        return List.copyOf(found);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new PipelineException(found);
        }
    }

    private static String shown(Object value) {
        if (value instanceof Duration duration) {
            return DurationText.of(duration);
        }
        return value instanceof Number ? value.toString() : "'" + value + "'";
    }
}
