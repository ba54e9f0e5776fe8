package io.freshet.model.ranker;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TaskConfig.Loss;
import io.freshet.contracts.pipeline.TaskConfig.Type;
import io.freshet.model.ranker.TaskTargets.Targets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskTargetsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** click; cart given click; buy given cart; the product of all three; price given buy. */
    private static final List<TaskConfig> TASKS = List.of(
            TaskConfig.binary("click", "click", HOUR),
            new TaskConfig("cart", "cart", HOUR, Type.BINARY, "click", null, 1, Loss.SQUARED, 0),
            new TaskConfig("buy", "buy", HOUR, Type.BINARY, "cart", null, 1, Loss.SQUARED, 0),
            new TaskConfig("all", null, null, Type.PRODUCT, null, "buy", 1, Loss.SQUARED, 0),
            new TaskConfig("price", "buy", HOUR, Type.REGRESSION, "buy", null, 1, Loss.SQUARED, 0));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // click, cart, buy, price: labels; masks
                "1, 1, 1, 9.5,   1 1 1 1 9.5, 1 1 1 1 1",
                "1, 1, 0, -,     1 1 0 0 0,   1 1 1 1 0",
                "1, 0, 1, 9.5,   1 0 0 0 0,   1 1 0 1 0", // Bought without a cart: no label of buy.
                "0, 1, 1, 9.5,   0 0 0 0 0,   1 0 0 1 0", // Nothing follows from what was not clicked.
                "1, 1, -, -,     1 1 0 0 0,   1 1 0 0 0", // Whether all follow is not known.
                "1, 0, -, -,     1 0 0 0 0,   1 1 0 1 0", // But here it is.
                "-, 1, 1, 9.5,   0 0 0 0 0,   0 0 0 0 0",
            })
    void eachTaskLearnsFromWhatItIsGiven(Float click, Float cart, Float buy, Float price, String labels, String masks) {
        float[] given = {known(click), known(cart), known(buy), Float.NaN, known(price)};
        Targets targets = new TaskTargets(TASKS).of(given);
        assertThat(targets.labels()).isEqualTo(floats(labels));
        assertThat(targets.masks()).isEqualTo(floats(masks));
    }

    private static float known(Float label) {
        return label == null ? Float.NaN : label;
    }

    private static float[] floats(String numbers) {
        String[] each = numbers.split(" ");
        float[] floats = new float[each.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.parseFloat(each[i]);
        }
        return floats;
    }
}
