package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A map of the file, read key by key. Nothing throws: each problem is noted under its path and a stand-in returned, so
 * that one reading finds them all. What was asked for is what is known; {@link #build} refuses the rest.
 */
final class Section {
    private final Reading reading;
    private final String path;
    /** The path with names and indices left open. */
    private final String form;

    private final String name;

    private final JsonNode node;
    private final Set<String> asked = new LinkedHashSet<>();

    private Section(Reading reading, String path, String form, JsonNode node) {
        this(reading, path, form, node, path);
    }

    private Section(Reading reading, String path, String form, JsonNode node, String name) {
        this.reading = reading;
        this.path = path;
        this.name = name;
        this.form = form;
        this.node = reading.mapOrEmpty(path, node);
    }

    /** The whole file. */
    static Section root(Reading reading, JsonNode node) {
        return new Section(reading, "", "", node);
    }

    <T> T read(String key, ValueType<T> type, T defaultValue) {
        return read(key, type, Fallback.of(defaultValue));
    }

    <T> T read(String key, ValueType<T> type, Fallback<T> fallback) {
        asked.add(key);
        reading.asked(new KnownKey(below(form, key), type.name(), fallback.shown()));
        if (!has(key)) {
            if (fallback.required()) {
                reading.problems()
                        .add(below(path, key), "is missing. " + type.advice().apply(""));
            }
            return fallback.value();
        }
        Optional<T> value = type.read(node.get(key));
        if (value.isEmpty()) {
            reading.problems()
                    .add(
                            below(path, key),
                            "is " + Reading.shown(node.get(key)) + ". "
                                    + type.advice().apply(node.get(key).asText()));
        }
        return value.orElse(fallback.value());
    }

    /** A number whose default depends on another key. */
    double number(String key, double value, String shown) {
        return read(key, ValueType.NUMBER, Fallback.of(value, shown));
    }

    /** A path, absolute; one that is not is relative to the folder of the file. Empty when absent. */
    String path(String key) {
        String written = read(key, ValueType.TEXT, Fallback.of("", "none"));
        try {
            return written.isEmpty() ? "" : reading.resolved(written);
        } catch (InvalidPathException notPath) {
            reading.problems().add(below(path, key), "is no path: " + notPath.getReason() + ".");
            return "";
        }
    }

    /** The name under which the file chose to put this section; elsewhere its path. */
    String name() {
        return name;
    }

    /** Whether the key is there, with a value. */
    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** A map below this one; when absent, one in which everything is absent. */
    Section section(String key) {
        asked.add(key);
        return new Section(reading, below(path, key), below(form, key), node.path(key));
    }

    /** Refuses a key that has another place now; {@code now} is the whole path. */
    void moved(String key, String now) {
        if (has(key)) {
            reading.problems().add(below(path, key), "is written as " + now + " now. Move it there.");
        }
    }

    /** Refuses a single value where a map has come in its place, which has it as {@code first}. */
    void mapSince(String key, String first) {
        if (node.path(key).isValueNode() && has(key)) {
            String now = below(below(path, key), first);
            reading.problems().add(below(path, key), "is a map now. Write its value as " + now + ".");
        }
    }

    /** A list of whole numbers. */
    List<Integer> integers(String key, List<Integer> defaultValue) {
        asked.add(key);
        reading.asked(new KnownKey(below(form, key), "list of integers", defaultValue.toString()));
        if (!has(key)) {
            return defaultValue;
        }
        List<Integer> numbers = new ArrayList<>();
        node.get(key)
                .elements()
                .forEachRemaining(each -> ValueType.INTEGER.read(each).ifPresent(numbers::add));
        if (!node.get(key).isArray() || numbers.size() < node.get(key).size()) {
            reading.problems().add(below(path, key), "is no list of whole numbers. Write one such as [256, 128].");
            return defaultValue;
        }
        return List.copyOf(numbers);
    }

    /** A list of constants, each once. */
    <E extends Enum<E>> Set<E> words(String key, Class<E> words) {
        ValueType<E> type = ValueType.oneOf(words);
        asked.add(key);
        reading.asked(new KnownKey(below(form, key), "list of " + type.name(), "[]"));
        Set<E> found = EnumSet.noneOf(words);
        if (has(key) && !node.get(key).isArray()) {
            reading.problems().add(below(path, key), "is no list. Write a list of " + type.name() + ".");
        }
        for (JsonNode each : node.path(key)) {
            type.read(each)
                    .ifPresentOrElse(
                            found::add,
                            () -> reading.problems()
                                    .add(
                                            below(path, key),
                                            "holds " + Reading.shown(each) + ". "
                                                    + type.advice().apply(each.asText())));
        }
        return found;
    }

    /** The entries of a map whose keys are names that the file chooses. */
    <T> Map<String, T> entries(String key, Function<Section, T> read) {
        asked.add(key);
        Map<String, T> entries = new LinkedHashMap<>();
        reading.mapOrEmpty(below(path, key), node.path(key)).properties().forEach(entry -> {
            String entryPath = below(below(path, key), entry.getKey());
            Section section =
                    new Section(reading, entryPath, below(form, key) + ".<name>", entry.getValue(), entry.getKey());
            entries.put(entry.getKey(), read.apply(section));
        });
        return entries;
    }

    /** The items of a list of maps. */
    <T> List<T> items(String key, Function<Section, T> read) {
        asked.add(key);
        JsonNode list = node.path(key);
        if (has(key) && !list.isArray()) {
            reading.problems().add(below(path, key), "is no list. Write its items each after a hyphen.");
        }
        List<T> items = new ArrayList<>();
        for (int i = 0; list.isArray() && i < list.size(); i++) {
            String itemPath = below(path, key) + "[" + i + "]";
            items.add(read.apply(new Section(reading, itemPath, below(form, key) + "[]", list.get(i))));
        }
        return items;
    }

    /** A map from names that the file chooses to texts. */
    Map<String, String> texts(String key) {
        asked.add(key);
        reading.asked(new KnownKey(below(form, key) + ".<name>", ValueType.TEXT.name(), "none"));
        Section texts = new Section(reading, below(path, key), below(form, key), node.path(key));
        Map<String, String> values = new LinkedHashMap<>();
        texts.node.properties().forEach(entry -> {
            Optional<String> text = ValueType.TEXT.read(entry.getValue());
            text.ifPresent(value -> values.put(entry.getKey(), value));
            if (text.isEmpty()) {
                reading.problems().add(below(texts.path, entry.getKey()), "is no text. Write a text or a number.");
            }
        });
        return values;
    }

    /** Builds a record of what was read; its own problems are noted below this section's path. */
    <T> T build(Supplier<T> record, T standIn) {
        return tryBuild(record).orElse(standIn);
    }

    /** As {@link #build}, but empty when the record refuses. */
    <T> Optional<T> tryBuild(Supplier<T> record) {
        refuseUnknownKeys();
        try {
            return Optional.of(record.get());
        } catch (PipelineException wrong) {
            wrong.problems().forEach(problem -> reading.problems().add(problem.below(path)));
            return Optional.empty();
        }
    }

    private void refuseUnknownKeys() {
        node.fieldNames().forEachRemaining(key -> {
            if (!asked.contains(key)) {
                reading.problems().add(below(path, key), "is an unknown key. " + Nearest.advice(key, asked));
            }
        });
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
