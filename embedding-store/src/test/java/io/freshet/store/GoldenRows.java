package io.freshet.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The golden values that {@code src/test/golden/make_golden.py} wrote. */
public final class GoldenRows {
    private GoldenRows() {}

    /** What a file of that name holds. */
    public static JsonNode read(String name) {
        Path file = Path.of("src", "test", "golden", name + ".json");
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read golden values " + file + ".", e);
        }
    }

    /** A list of numbers. */
    public static float[] floats(JsonNode list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) list.get(i).asDouble();
        }
        return floats;
    }
}
