package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How a scalar of the file becomes a value. A quoted number is as good as a bare one, for it may have come from the
 * environment.
 *
 * @param name of the type in documentation
 * @param parse empty when the text, without surrounding spaces, is not of this type
 * @param advice what to write instead, given the text that could not be read
 */
record ValueType<T>(String name, Function<String, Optional<T>> parse, Function<String, String> advice) {
    static final ValueType<String> TEXT = new ValueType<>("text", Optional::of, text -> "Write a text.");

    static final ValueType<Integer> INTEGER = new ValueType<>(
            "integer",
            text -> decimal(text).flatMap(number -> exactly(number, BigDecimal::intValueExact)),
            text -> text.isEmpty()
                    ? "Write a whole number."
                    : "Write a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE + ".");

    static final ValueType<Long> LONG = new ValueType<>(
            "integer",
            text -> decimal(text).flatMap(number -> exactly(number, BigDecimal::longValueExact)),
            text -> "Write a whole number of at most 64 bits.");

    static final ValueType<Double> NUMBER = new ValueType<>(
            "number", text -> decimal(text).map(BigDecimal::doubleValue), text -> "Write a number such as 0.1.");

    static final ValueType<Boolean> BOOLEAN = new ValueType<>(
            "boolean",
            text -> switch (text) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
            },
            text -> "Write true or false.");

    static final ValueType<Duration> DURATION = new ValueType<>(
            "duration",
            DurationText::parse,
            text -> "Write a whole number and a unit, such as 90d, 1h, 10m, 5s or 100ms.");

    static final ValueType<Long> SIZE =
            new ValueType<>("size", SizeText::parse, text -> "Write a whole number and a unit, such as 16mb or 1gb.");

    /** One of the constants, written in lower case with hyphens. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        List<String> words = Arrays.stream(constants).map(ValueType::word).toList();
        return new ValueType<>(
                words.stream().collect(Collectors.joining("`, `", "`", "`")),
                text -> Arrays.stream(constants)
                        .filter(each -> word(each).equals(text))
                        .findFirst(),
                text -> Nearest.advice(text, words));
    }

    /** How the file writes a constant. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<T> read(JsonNode node) {
        return node.isValueNode() && !node.isNull() ? parse.apply(node.asText().strip()) : Optional.empty();
    }

    private static Optional<BigDecimal> decimal(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            // Writing out 1e999999999 in full would take all memory.
            return Math.abs((long) number.scale()) > 400 ? Optional.empty() : Optional.of(number);
        } catch (NumberFormatException notDecimal) {
            return Optional.empty();
        }
    }

    private static <N> Optional<N> exactly(BigDecimal number, Function<BigDecimal, N> narrow) {
        try {
            return Optional.of(narrow.apply(number));
        } catch (ArithmeticException doesNotFit) {
            return Optional.empty();
        }
    }
}
