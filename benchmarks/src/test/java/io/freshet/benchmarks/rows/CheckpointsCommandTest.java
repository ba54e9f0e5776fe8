package io.freshet.benchmarks.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import org.junit.jupiter.api.Test;

class CheckpointsCommandTest {
    @Test
    void aCheckpointOfFewRowsAddsFewBytes() throws Exception {
        JsonNode line = new ObjectMapper()
                .readTree(LastLine.of(
                        new CheckpointsCommand(),
                        "--rows=30000",
                        "--changed=100,10000",
                        "--interval-ms=50",
                        "--rounds=3"));
        assertThat(line.get("pause_ms").get("100").asDouble()).isPositive();
        assertThat(line.get("checkpoint_ms").get("10000").asDouble()).isPositive();
        assertThat(line.get("new_mb").get("100").asDouble())
                .isPositive()
                .isLessThan(line.get("new_mb").get("10000").asDouble() / 10);
    }
}
