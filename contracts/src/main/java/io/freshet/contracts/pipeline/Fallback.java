package io.freshet.contracts.pipeline;

import java.time.Duration;

/**
 * What stands in for a value that is absent or cannot be read.
 *
 * @param value the default, or for a required key anything valid, so that the reading can go on and find more problems
 * @param shown the default as documentation writes it
 * @param required whether absence is a problem
 */
record Fallback<T>(T value, String shown, boolean required) {
    static <T> Fallback<T> required(T standIn) {
        return new Fallback<>(standIn, "required", true);
    }

    static <T> Fallback<T> of(T value) {
        return new Fallback<>(value, shown(value), false);
    }

    /** For a default that depends on another key, or that no text stands for. */
    static <T> Fallback<T> of(T value, String shown) {
        return new Fallback<>(value, shown, false);
    }

    private static String shown(Object value) {
        if (value instanceof Duration duration) {
            return DurationText.of(duration);
        }
        if (value instanceof Enum<?> choice) {
            return ValueType.word(choice);
        }
        return String.valueOf(value);
    }
}
