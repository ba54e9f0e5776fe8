package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} and the code together, both ways. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageListsEveryKeyWithItsTypeAndDefaultAndNoOther() throws IOException {
        List<KnownKey> documented = rows().stream()
                .map(cells -> new KnownKey(plain(cells.get(0)), plain(cells.get(1)), plain(cells.get(2))))
                .toList();
        List<KnownKey> known = PipelineFile.keys().stream()
                .map(key -> new KnownKey(key.path(), plain(key.type()), key.defaultValue()))
                .toList();
        assertThat(documented).containsExactlyElementsOf(known);
    }

    @Test
    void thePageExplainsEveryKey() throws IOException {
        assertThat(rows()).allSatisfy(cells -> assertThat(cells.get(4)).endsWith("."));
    }

    @Test
    void theExampleOfThePageIsAPipeline() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
        String example = page.substring(begin, page.indexOf("```", begin));
        Pipeline pipeline = PipelineFile.parse(example, Map.of("KAFKA_PASSWORD", "s3cret"));
        assertThat(pipeline.kafka().properties().get("sasl.jaas.config"))
                .endsWith("username=\"freshet\" password=\"s3cret\";");
    }

    /** Cells of the table's rows: key, type, default, unit, meaning. */
    private static List<List<String>> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static String plain(String cell) {
        return cell.replace("`", "");
    }
}
