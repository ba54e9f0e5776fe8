package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the text of a pipeline file to a tree, with the environment's values put in. */
final class PipelineYaml {
    private static final ObjectMapper MAPPER = new ObjectMapper(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

    private PipelineYaml() {}

    /** @throws PipelineException when the text is no YAML, or uses what a pipeline file may not */
    static JsonNode parse(String text) {
        try {
            refuseAliases(text);
            return MAPPER.readTree(text);
        } catch (JsonProcessingException notYaml) {
            JsonLocation at = notYaml.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new PipelineException(List.of(
                    new Problem("", "It cannot be read as YAML" + where + ": " + notYaml.getOriginalMessage())));
        } catch (IOException impossible) {
            throw new UncheckedIOException("Reading from memory failed", impossible);
        }
    }

    /** The tree model would take an alias for the text of its name. */
    private static void refuseAliases(String text) throws IOException {
        try (YAMLParser tokens = (YAMLParser) MAPPER.createParser(text)) {
            while (tokens.nextToken() != null) {
                if (tokens.isCurrentAlias()) {
                    throw new PipelineException(List.of(new Problem(
                            "",
                            "It has the alias '*" + tokens.getText() + "' in line "
                                    + tokens.currentLocation().getLineNr()
                                    + ". Aliases are not supported: write the value out.")));
                }
            }
        }
    }

    /** Replaces each {@code ${NAME}} within the values of the tree, in place. Names that are not set are problems. */
    static void substitute(JsonNode tree, Map<String, String> environment, Problems problems) {
        substitute(tree, "", new Environment(environment, problems));
    }

    private static void substitute(JsonNode node, String path, Environment environment) {
        if (node instanceof ObjectNode map) {
            map.properties().forEach(entry -> {
                String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                entry.setValue(environment.resolve(entry.getValue(), below));
                substitute(entry.getValue(), below, environment);
            });
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                String below = path + "[" + i + "]";
                list.set(i, environment.resolve(list.get(i), below));
                substitute(list.get(i), below, environment);
            }
        }
    }

    private record Environment(Map<String, String> values, Problems problems) {
        JsonNode resolve(JsonNode node, String path) {
            if (!node.isTextual()) {
                return node;
            }
            Matcher variable = VARIABLE.matcher(node.asText());
            return TextNode.valueOf(
                    variable.replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), path))));
        }

        private String value(String name, String path) {
            String value = values.get(name);
            if (value == null) {
                problems.add(
                        path, "needs ${" + name + "}, which the environment does not hold. Set it, or write a value.");
                return "";
            }
            return value;
        }
    }
}
