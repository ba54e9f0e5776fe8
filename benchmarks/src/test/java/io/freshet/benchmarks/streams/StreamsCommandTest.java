package io.freshet.benchmarks.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsCommandTest {
    @Test
    void comparesTheRankersOnConvertedEvents(@TempDir Path folder) throws Exception {
        StringBuilder impressions = new StringBuilder();
        StringBuilder actions = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            impressions.append(
                    "{\"impression_id\":\"i%1$d\",\"time_ms\":%2$d,\"features\":{\"user\":%3$d,\"item\":%4$d}}%n"
                            .formatted(i, 1000 + i, i % 7, i % 5));
            if (i % 3 == 0) {
                actions.append(
                        "{\"impression_id\":\"i%d\",\"action\":\"click\",\"time_ms\":%d}%n".formatted(i, 2000 + i));
            }
        }
        Files.writeString(folder.resolve("impressions.jsonl.gz"), impressions);
        Files.writeString(folder.resolve("actions.jsonl.gz"), actions);
        JsonNode rows = new ObjectMapper()
                .readTree(LastLine.of(
                        new StreamsCommand(),
                        "--without-movietweetings",
                        "--converted=mind-sample=" + folder,
                        "--seeds=1",
                        "--threads=1"))
                .get("streams")
                .get("mind-sample");
        assertThat(rows.findValuesAsText("name")).containsExactly("TokenMixer-Large", "RankMixer", "DCNv2", "DLRM-MLP");
        double size = rows.get(0).get("weights").asDouble();
        for (JsonNode row : rows) {
            assertThat(row.get("weights").asDouble()).isBetween(0.9 * size, 1.1 * size);
            assertThat(row.get("auc").asDouble()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void readsTheBundledStream() {
        RecordedStream stream = RecordedStream.movieTweetings();
        assertThat(stream.examples()).hasSize(70_000);
        assertThat(stream.examples().stream().filter(example -> example.label()))
                .hasSize(35_677);
    }
}
