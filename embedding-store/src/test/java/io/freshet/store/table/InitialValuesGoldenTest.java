package io.freshet.store.table;

import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.GoldenRows;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Initial values against another implementation of the hash, and the normal quantile of torch in float64. */
class InitialValuesGoldenTest {
    @ParameterizedTest
    @EnumSource(names = {"UNIFORM", "NORMAL"})
    void areThoseOfTheIndependentImplementation(InitialConfig.Type type) {
        JsonNode golden = GoldenRows.read("initial-values");
        double scale = golden.get("scale").asDouble();
        for (JsonNode row : golden.get("rows")) {
            JsonNode expected = row.get(type.name().toLowerCase(Locale.ROOT));
            TableConfig config =
                    TableConfig.of(row.get("table").asText(), expected.size()).with(new InitialConfig(type, scale));
            TableSpec table = new TableSpec(config, 0, false, row.get("seed").asLong());
            float[] values = initial(table, row.get("id").asLong());
            for (int column = 0; column < values.length; column++) {
                double value = expected.get(column).asDouble() * scale;
                double error = type == InitialConfig.Type.UNIFORM ? 0 : 3e-7 * Math.abs(value);
                assertThat((double) values[column])
                        .as("column %d of %s", column, row)
                        .isCloseTo(value, within(error));
            }
        }
    }
}
