package io.freshet.contracts.pipeline;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and one unit, such as {@code 90d} or {@code 100ms}. */
final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS_BY_UNIT = new LinkedHashMap<>();

    static {
        MILLIS_BY_UNIT.put("d", Duration.ofDays(1).toMillis());
        MILLIS_BY_UNIT.put("h", Duration.ofHours(1).toMillis());
        MILLIS_BY_UNIT.put("m", Duration.ofMinutes(1).toMillis());
        MILLIS_BY_UNIT.put("s", Duration.ofSeconds(1).toMillis());
        MILLIS_BY_UNIT.put("ms", 1L);
    }

    private DurationText() {}

    /** Empty when the text is not of the form, or of more than 64 bits of milliseconds. */
    static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        long unitMillis = MILLIS_BY_UNIT.get(matcher.group(2));
        return count > Long.MAX_VALUE / unitMillis
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(count * unitMillis));
    }

    /** In the largest unit that holds it whole. */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0ms";
        }
        return MILLIS_BY_UNIT.entrySet().stream()
                .filter(unit -> millis % unit.getValue() == 0)
                .findFirst()
                .map(unit -> millis / unit.getValue() + unit.getKey())
                .orElseThrow();
    }
}
