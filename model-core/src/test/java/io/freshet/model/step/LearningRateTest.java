package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.ScheduleConfig;
import io.freshet.model.golden.Golden;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateTest {
    static Stream<JsonNode> schedules() {
        return StreamSupport.stream(Golden.file("step-schedules").at("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void followsPyTorchsSchedulers(JsonNode golden) {
        ScheduleConfig schedule = new ScheduleConfig(
                ScheduleConfig.Type.valueOf(
                        golden.get("type").asText().toUpperCase(Locale.ROOT).replace('-', '_')),
                golden.get("warm_up").asInt(),
                golden.path("steps").asInt(),
                golden.path("final").asDouble());
        LearningRate rate = new LearningRate(2, schedule);
        for (int updates = 0; updates < golden.get("rates").size(); updates++) {
            double expected = 2 * golden.get("rates").get(updates).asDouble();
            assertThat(rate.after(updates)).as("after %d updates", updates).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void aCosineStaysWhereItEnds() {
        LearningRate rate = new LearningRate(1, new ScheduleConfig(ScheduleConfig.Type.COSINE, 3, 10, 0.25));
        assertThat(rate.after(13)).isEqualTo(0.25);
        assertThat(rate.after(1_000_000_000_000L)).isEqualTo(0.25);
    }
}
