package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads pipeline files. Every key is described in {@code docs/configuration.md}.
 *
 * <p>All problems of a file are reported at once. {@code ${NAME}} within a value stands for a variable of the
 * environment, so that secrets need not be in the file.
 */
public final class PipelineFile {

    /** One of each, so that every reader runs. */
    private static final String SMALLEST = """
            name: smallest
            tables: {item: {dimension: 1}}
            features: [{name: item, slot: id, table: item}]
            tasks: [{name: like, window: 1h}]
            """;

    private PipelineFile() {}

    /**
     * Reads a file, with the environment of this process.
     *
     * @throws PipelineException listing everything that is wrong
     * @throws IOException when the file cannot be read
     */
    public static Pipeline load(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            Path folder = file.toAbsolutePath().getParent();
            return parse(text(bytes), System.getenv(), folder);
        } catch (PipelineException wrong) {
            throw new PipelineException(file.toString(), wrong.problems());
        }
    }

    /**
     * Reads the text of a file, in which paths are relative to the working directory.
     *
     * @param environment values for {@code ${NAME}}
     * @throws PipelineException listing everything that is wrong
     */
    public static Pipeline parse(String yaml, Map<String, String> environment) {
        return parse(yaml, environment, Path.of(""));
    }

    private static String text(byte[] utf8) {
        ByteBuffer bytes = ByteBuffer.wrap(utf8);
        CharBuffer text = CharBuffer.allocate(utf8.length);
        CoderResult end = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
        if (end.isError()) {
            long line = 1 + text.flip().chars().filter(each -> each == '\n').count();
            throw new PipelineException(List.of(new Problem(
                    "",
                    "It is no UTF-8 text: line %d holds the byte 0x%02X. Save it as UTF-8."
                            .formatted(line, bytes.get(bytes.position())))));
        }
        return text.flip().toString();
    }

    private static Pipeline parse(String yaml, Map<String, String> environment, Path folder) {
        JsonNode tree = PipelineYaml.parse(yaml);
        Reading reading = new Reading(folder);
        Secrets.refuseLiterals(tree, reading.problems());
        EnvironmentValues.substitute(tree, environment, reading.problems());
        return new PipelineReader(reading)
                .read(tree)
                .orElseThrow(() -> new PipelineException(reading.problems().all()));
    }

    /** Every key that a file may hold, in the order of documentation. */
    public static List<KnownKey> keys() {
        Reading reading = new Reading(Path.of(""));
        new PipelineReader(reading).read(PipelineYaml.parse(SMALLEST)).orElseThrow();
        return reading.keys();
    }
}
