package io.freshet.benchmarks.kills;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import org.junit.jupiter.api.Test;

class FlinkKillsIT {
    /** Printed by the command; set it to see the same operations again. */
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());

    @Test
    void whatAKilledJobLeavesIsWhatTheModelSaysToTheBit() throws Exception {
        System.out.println("freshet.test.seed=" + SEED);
        JsonNode line = new ObjectMapper()
                .readTree(LastLine.of(new KillsCommand(), "--home=flink", "--kills=4", "--seed=" + SEED));
        assertThat(line.get("kills").asInt()).isEqualTo(4);
        assertThat(line.get("operations").asLong()).isPositive();
        assertThat(line.get("rows_compared").asLong()).isPositive();
    }
}
