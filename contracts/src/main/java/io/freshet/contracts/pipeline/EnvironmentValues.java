package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the environment's values where a file says {@code ${NAME}}. They are taken literally, never read again. */
final class EnvironmentValues {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

    private final Map<String, String> values;
    private final Problems problems;

    private EnvironmentValues(Map<String, String> values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    /** Replaces within all texts of the tree, in place. Names that are not set are problems. */
    static void substitute(JsonNode tree, Map<String, String> environment, Problems problems) {
        new EnvironmentValues(environment, problems).resolve(tree, "");
    }

    private JsonNode resolve(JsonNode node, String path) {
        if (node instanceof ObjectNode map) {
            map.properties().forEach(entry -> {
                String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                entry.setValue(resolve(entry.getValue(), below));
            });
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                list.set(i, resolve(list.get(i), path + "[" + i + "]"));
            }
        } else if (node.isTextual()) {
            Matcher variable = VARIABLE.matcher(node.asText());
            return TextNode.valueOf(
                    variable.replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), path))));
        }
        return node;
    }

    private String value(String name, String path) {
        String value = values.get(name);
        if (value == null) {
            problems.add(path, "needs ${" + name + "}, which the environment does not hold. Set it, or write a value.");
            return "";
        }
        return value;
    }
}
