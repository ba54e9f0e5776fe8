package io.freshet.quickstart.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes a {@link Report} for programs and for people. Keys are the records' names in snake case. */
public final class ReportWriter {
    private static final ObjectMapper JSON = new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT);

    private ReportWriter() {}

    /** Writes the report as a JSON object, in place of what the file held. */
    public static void write(Report report, Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, JSON.writeValueAsString(report) + "\n");
    }

    /** One line per key, nested names joined by dots. */
    public static String table(Report report) {
        StringBuilder table = new StringBuilder();
        append(table, "", JSON.valueToTree(report));
        return table.toString();
    }

    private static void append(StringBuilder table, String name, JsonNode node) {
        if (node.isObject() && !node.isEmpty()) {
            String prefix = name.isEmpty() ? "" : name + ".";
            node.properties().forEach(entry -> append(table, prefix + entry.getKey(), entry.getValue()));
        } else {
            table.append("%-40s %14s%n".formatted(name, text(node)));
        }
    }

    private static String text(JsonNode node) {
        if (node.isObject()) {
            return "none";
        }
        if (node.isNull()) {
            return "unknown";
        }
        return node.isIntegralNumber()
                ? "%,d".formatted(node.asLong())
                : String.format(Locale.ROOT, Math.abs(node.asDouble()) < 10 ? "%.4f" : "%,.1f", node.asDouble());
    }
}
