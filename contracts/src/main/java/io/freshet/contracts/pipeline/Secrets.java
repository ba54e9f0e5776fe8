package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps secrets out of pipeline files: they are committed, copied and mailed. */
final class Secrets {
    /** A password within a longer text, as JAAS configurations hold one, that is not taken from the environment. */
    private static final Pattern PASSWORD_WITHIN = Pattern.compile("(?i)password\\s*=\\s*[\"']?(?!\\$\\{)[^\\s\"';]");

    private Secrets() {}

    /** Notes each Kafka property that holds a secret in plain text. The tree is as written, before substitution. */
    static void refuseLiterals(JsonNode tree, Problems problems) {
        tree.path("kafka").path("properties").properties().forEach(property -> {
            if (isLiteralSecret(
                    property.getKey().toLowerCase(Locale.ROOT),
                    property.getValue().asText())) {
                problems.add(
                        "kafka.properties." + property.getKey(),
                        "holds a secret. Put it into the environment, and write ${NAME} here.");
            }
        });
    }

    private static boolean isLiteralSecret(String name, String value) {
        boolean secret = name.endsWith("password") || name.endsWith("secret");
        return (secret && !value.isBlank() && !value.contains("${"))
                || PASSWORD_WITHIN.matcher(value).find();
    }
}
