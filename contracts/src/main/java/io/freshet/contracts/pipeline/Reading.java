package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the sections of one file share while it is read: the problems found, and every key that was asked for. */
final class Reading {
    private final Path folder;
    private final Problems problems = new Problems();
    private final Map<String, KnownKey> keys = new LinkedHashMap<>();

    /** Paths are relative to {@code folder}. */
    Reading(Path folder) {
        this.folder = folder;
    }

    /** A path as it was written, made absolute. */
    String resolved(String path) {
        return folder.resolve(path).toAbsolutePath().normalize().toString();
    }

    Problems problems() {
        return problems;
    }

    void asked(KnownKey key) {
        keys.putIfAbsent(key.path(), key);
    }

    /** The node when it is a map, else an empty one; anything that is neither absent nor a map is a problem. */
    JsonNode mapOrEmpty(String path, JsonNode node) {
        if (node.isObject()) {
            return node;
        }
        if (!node.isNull() && !node.isMissingNode()) {
            // A value of its own is not shown: where a map belongs, it may be a secret out of place.
            String found = (path.isEmpty() ? "The file is " : "is ") + (node.isArray() ? "a list" : "a single value");
            problems.add(path, found + ". Write a map of keys.");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    /** How a message names what it found. The inside of maps and lists is not for it: they may hold secrets. */
    static String shown(JsonNode node) {
        if (node.isObject()) {
            return "a map";
        }
        return node.isArray() ? "a list" : "'" + node.asText() + "'";
    }

    /** In the order in which they were asked for. */
    List<KnownKey> keys() {
        return new ArrayList<>(keys.values());
    }
}
