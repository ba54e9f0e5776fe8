package io.freshet.contracts.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What may be the name of something. */
final class Names {
    static final String RULE = "a name of 1 to 200 bytes without control characters, or spaces at its ends";
    static final String TOPIC_RULE = "1 to 200 of the characters a-z, A-Z, 0-9, '.', '_' and '-', as Kafka demands";

    private static final int BYTES_MAX = 200;
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private Names() {}

    static boolean isName(String name) {
        return !name.isEmpty()
                && name.equals(name.strip())
                && name.chars().noneMatch(Character::isISOControl)
                && name.getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX;
    }

    /** Shorter than Kafka's 249, so that a suffix still fits. */
    static boolean isTopic(String name) {
        return TOPIC.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
