package io.freshet.store.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.store.GoldenRows;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Twelve steps of three rows by every optimizer, against torch's own and against definitions, in float64. */
class RowOptimizerGoldenTest {
    private static final JsonNode GOLDEN = GoldenRows.read("row-optimizers");
    private static final RowShape SHAPE =
            new RowShape(GOLDEN.get("dimension").asInt(), GOLDEN.get("wide").asBoolean());

    static IntStream cases() {
        return IntStream.range(0, GOLDEN.get("cases").size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAreThoseOfTheIndependentImplementation(int index) {
        JsonNode golden = GOLDEN.get("cases").get(index);
        RowOptimizer optimizer = RowOptimizer.of(config(golden.get("settings")), SHAPE);
        RowBlock[] rows = new RowBlock[golden.get("start").size()];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = row(optimizer, GoldenRows.floats(golden.get("start").get(row)));
        }
        for (JsonNode step : golden.get("steps")) {
            RowBlock row = rows[step.get("row").asInt()];
            System.arraycopy(GoldenRows.floats(step.get("gradient")), 0, row.gradients, 0, row.width);
            optimizer.step(row);
            for (int i = 0; i < row.width; i++) {
                assertThat((double) row.weights[i])
                        .as("%s, weight %d of row %s", golden.get("settings"), i, step.get("row"))
                        .isCloseTo(step.get("weights").get(i).asDouble(), within(3e-6));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRowHasTheSameBitsWhateverRowsAreBeside(int index) {
        JsonNode golden = GOLDEN.get("cases").get(index);
        RowOptimizer optimizer = RowOptimizer.of(config(golden.get("settings")), SHAPE);
        int width = SHAPE.width();
        RowBlock together = new RowBlock(7, width, optimizer.stateFloats());
        RowBlock alone = null;
        for (int row = 0; row < 7; row++) {
            alone = row(optimizer, GoldenRows.floats(golden.get("start").get(row % 3)));
            System.arraycopy(alone.weights, 0, together.weights, row * width, width);
            System.arraycopy(alone.state, 0, together.state, row * alone.stateFloats, alone.stateFloats);
        }
        together.rows = 7;
        for (JsonNode step : golden.get("steps")) {
            float[] gradient = GoldenRows.floats(step.get("gradient"));
            System.arraycopy(gradient, 0, alone.gradients, 0, width);
            for (int row = 0; row < 7; row++) {
                System.arraycopy(gradient, 0, together.gradients, row * width, width);
            }
            optimizer.step(alone);
            optimizer.step(together);
        }
        for (int i = 0; i < width; i++) {
            assertThat(together.weights[6 * width + i]).isEqualTo(alone.weights[i]);
        }
        for (int i = 0; i < alone.stateFloats; i++) {
            assertThat(together.state[6 * alone.stateFloats + i]).isEqualTo(alone.state[i]);
        }
    }

    private static RowBlock row(RowOptimizer optimizer, float[] weights) {
        RowBlock row = new RowBlock(1, weights.length, optimizer.stateFloats());
        System.arraycopy(weights, 0, row.weights, 0, weights.length);
        optimizer.initialise(row.weights, 0, row.state, 0);
        row.rows = 1;
        return row;
    }

    private static RowOptimizerConfig config(JsonNode settings) {
        String type = settings.get("type").asText().replace('-', '_').toUpperCase(Locale.ROOT);
        return new RowOptimizerConfig(
                RowOptimizerConfig.Type.valueOf(type),
                settings.get("learning_rate").asDouble(),
                settings.path("initial_accumulator").asDouble(),
                settings.path("epsilon").asDouble(),
                settings.path("weight_decay").asDouble(),
                settings.path("clip_norm").asDouble(),
                settings.path("beta1").asDouble(),
                settings.path("beta2").asDouble(),
                settings.path("l1").asDouble(),
                settings.path("l2").asDouble(),
                settings.path("beta").asDouble());
    }
}
