package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * From the text of a pipeline file to a tree of maps, lists, texts and nulls. Every scalar stays the text that was written:
 * what a key's value means is for its reader to say, whereas YAML would take {@code 010} for 8 and {@code yes} for true.
 */
final class PipelineYaml {
    private static final YAMLFactory FACTORY = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PipelineYaml() {}

    /** @throws PipelineException when the text is no YAML, or uses what a pipeline file may not */
    static JsonNode parse(String text) {
        try (YAMLParser tokens = FACTORY.createParser(text)) {
            if (tokens.nextToken() == null) {
                return MissingNode.getInstance();
            }
            JsonNode tree = node(tokens);
            if (tokens.nextToken() != null) {
                throw refusal(tokens, "a second document begins. A file holds one pipeline");
            }
            return tree;
        } catch (JsonProcessingException notYaml) {
            JsonLocation at = notYaml.getLocation();
            String where = at == null ? "" : " in line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new PipelineException(List.of(
                    new Problem("", "It cannot be read as YAML" + where + ": " + notYaml.getOriginalMessage())));
        } catch (IOException impossible) {
            throw new UncheckedIOException("Reading from memory failed", impossible);
        }
    }

    private static JsonNode node(YAMLParser tokens) throws IOException {
        if (tokens.isCurrentAlias()) {
            throw refusal(
                    tokens, "the alias '*" + tokens.getText() + "' stands. Aliases are not supported: write it out");
        }
        return switch (tokens.currentToken()) {
            case START_OBJECT -> map(tokens);
            case START_ARRAY -> list(tokens);
            case VALUE_NULL -> NODES.nullNode();
            default -> NODES.textNode(tokens.getText());
        };
    }

    private static ObjectNode map(YAMLParser tokens) throws IOException {
        ObjectNode map = NODES.objectNode();
        while (tokens.nextToken() == JsonToken.FIELD_NAME) {
            String key = tokens.currentName();
            tokens.nextToken();
            map.set(key, node(tokens));
        }
        return map;
    }

    private static ArrayNode list(YAMLParser tokens) throws IOException {
        ArrayNode list = NODES.arrayNode();
        while (tokens.nextToken() != JsonToken.END_ARRAY) {
            list.add(node(tokens));
        }
        return list;
    }

    private static PipelineException refusal(YAMLParser tokens, String what) {
        int line = tokens.currentTokenLocation().getLineNr();
        return new PipelineException(List.of(new Problem("", "In line " + line + " " + what + ".")));
    }
}
