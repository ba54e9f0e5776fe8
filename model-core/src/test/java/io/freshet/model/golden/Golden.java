package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A file of golden values; {@code src/test/golden/README.md} tells what is in it. */
public record Golden(String name, JsonNode json) {
    private static final Path FOLDER = Path.of("src", "test", "golden");

    /** A tensor of a file, row-major. */
    public record Values(long[] shape, double[] data) {
        static Values of(JsonNode node) {
            long[] shape = new long[node.get("shape").size()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = node.get("shape").get(i).asLong();
            }
            double[] data = new double[node.get("data").size()];
            for (int i = 0; i < data.length; i++) {
                data[i] = node.get("data").get(i).asDouble();
            }
            return new Values(shape, data);
        }

        /** As floats; inputs and weights are exact in them. */
        public float[] floats() {
            float[] floats = new float[data.length];
            for (int i = 0; i < data.length; i++) {
                floats[i] = (float) data[i];
            }
            return floats;
        }
    }

    /** One file. */
    public static Golden file(String name) {
        try {
            return new Golden(
                    name,
                    new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read golden values " + name + ".", e);
        }
    }

    /** All files of a kind. */
    public static List<Golden> ofCase(String... kinds) {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".json"))
                    .sorted()
                    .map(file -> file(file.substring(0, file.length() - ".json".length())))
                    .filter(golden ->
                            List.of(kinds).contains(golden.json.get("case").asText()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list golden values in " + FOLDER.toAbsolutePath() + ".", e);
        }
    }

    /** The node at a path. */
    public JsonNode at(String... path) {
        return at(json, path);
    }

    /** The node at a path below another. */
    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String key : path) {
            found = found.get(key);
        }
        return found;
    }

    /** The tensor at a path. */
    public Values values(String... path) {
        return Values.of(at(path));
    }

    /** The named tensors of an object. */
    public static Map<String, Values> all(JsonNode object) {
        Map<String, Values> all = new LinkedHashMap<>();
        object.fields().forEachRemaining(field -> all.put(field.getKey(), Values.of(field.getValue())));
        return all;
    }

    /** Longs of a list. */
    public static long[] longs(JsonNode list) {
        List<Long> values = new ArrayList<>();
        list.forEach(value -> values.add(value.longValue()));
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
