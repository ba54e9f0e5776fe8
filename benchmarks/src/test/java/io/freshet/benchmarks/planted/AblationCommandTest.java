package io.freshet.benchmarks.planted;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import org.junit.jupiter.api.Test;

class AblationCommandTest {
    @Test
    void comparesTwoRowsOnATinyStream() throws Exception {
        JsonNode line = new ObjectMapper()
                .readTree(LastLine.of(
                        new AblationCommand(),
                        "--examples=1024",
                        "--seeds=1",
                        "--width=8",
                        "--layers=1",
                        "--tables=parts,rankers",
                        "--rates=0.001",
                        "--only=no mixing",
                        "--threads=1"));
        assertThat(line.get("bayes_auc").asDouble()).isBetween(0.75, 0.95);
        assertThat(line.get("parts")).hasSize(2);
        assertThat(line.get("parts").get(0).get("to_first").asDouble()).isZero();
        assertThat(line.get("parts").get(1).get("name").asText()).isEqualTo("no mixing and reverting");
        assertThat(line.get("parts").get(1).get("auc").asDouble()).isBetween(0.3, 0.7);
    }

    @Test
    void trainsTwentyFourBlocks() throws Exception {
        JsonNode rows = new ObjectMapper()
                .readTree(LastLine.of(
                        new AblationCommand(),
                        "--examples=2048",
                        "--seeds=1",
                        "--width=8",
                        "--tables=depths",
                        "--only=24 blocks",
                        "--threads=1"))
                .get("depths");
        assertThat(rows.get(1).get("name").asText()).isEqualTo("24 blocks");
        assertThat(rows.get(1).get("auc").asDouble()).isBetween(0.3, 0.7); // A logit that is no number ends the pass.
    }
}
