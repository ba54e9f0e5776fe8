package io.freshet.benchmarks.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import org.junit.jupiter.api.Test;

class PrecisionCommandTest {
    @Test
    void rowsIn32BitsAreServedAsTheyAreTrainedAndFewerBitsMoveScoresALittle() throws Exception {
        JsonNode result = new ObjectMapper().readTree(LastLine.of(new PrecisionCommand(), "--examples=1600"));
        double trained = result.get("trained_auc").asDouble();
        assertThat(result.at("/fp32/auc").asDouble()).isCloseTo(trained, within(1e-5));
        assertThat(result.at("/fp32/to_fp32").asDouble()).isZero();
        for (String precision : new String[] {"fp16", "int8"}) {
            assertThat(result.at("/" + precision + "/auc").asDouble()).isCloseTo(trained, within(0.01));
            assertThat(result.at("/" + precision + "/log_loss").asDouble())
                    .isNotEqualTo(result.at("/fp32/log_loss").asDouble());
        }
    }
}
