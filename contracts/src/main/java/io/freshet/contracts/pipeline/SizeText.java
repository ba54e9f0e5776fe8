package io.freshet.contracts.pipeline;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as people write them: a whole number and one unit of 1024s, such as {@code 16mb}. */
final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(b|kb|mb|gb)");
    private static final String[] UNITS = {"gb", "mb", "kb"};

    private SizeText() {}

    /** Bytes; empty when the text is not of the form, or of more than 64 bits. */
    static Optional<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        long unit = bytes(matcher.group(2));
        return count > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(count * unit);
    }

    /** In the largest unit that holds it whole. */
    static String of(long bytes) {
        for (String unit : UNITS) {
            if (bytes > 0 && bytes % bytes(unit) == 0) {
                return bytes / bytes(unit) + unit;
            }
        }
        return bytes + "b";
    }

    private static long bytes(String unit) {
        return switch (unit) {
            case "gb" -> 1L << 30;
            case "mb" -> 1L << 20;
            case "kb" -> 1L << 10;
            default -> 1;
        };
    }
}
