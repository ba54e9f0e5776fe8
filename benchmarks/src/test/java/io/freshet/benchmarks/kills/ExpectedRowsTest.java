package io.freshet.benchmarks.kills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectedRowsTest {
    private final Operations operations = new Operations(3, KillTables.specs());

    @Test
    void anOperationFollowsFromSeedAndNumberAlone() {
        for (long number = 0; number < 200; number++) {
            assertThat(recorded(number)).isEqualTo(recorded(number));
        }
    }

    @Test
    void theModelGoesForwardInAnySteps() {
        ExpectedRows atOnce = new ExpectedRows(operations::run, KillTables.specs());
        atOnce.advance(100);
        ExpectedRows inSteps = new ExpectedRows(operations::run, KillTables.specs());
        inSteps.advance(37);
        inSteps.advance(100);
        assertThat(inSteps.names()).isEqualTo(atOnce.names()).isNotEmpty();
        for (ExpectedRows.RowName name : atOnce.names()) {
            assertThat(inSteps.row(name)).isEqualTo(atOnce.row(name));
        }
    }

    @Test
    void whatHasSurvivedOnceMayNotBeLostLater() {
        ExpectedRows expected = new ExpectedRows(operations::run, KillTables.specs());
        expected.advance(10);
        assertThatThrownBy(() -> expected.advance(9)).hasMessageContaining("10 had survived");
    }

    private List<String> recorded(long number) {
        List<String> said = new ArrayList<>();
        operations.run(number, new Operations.Target() {
            @Override
            public void apply(int table, long[] ids, float[] gradients, long timeMs) {
                said.add(table + Arrays.toString(ids) + Arrays.toString(gradients) + timeMs);
            }

            @Override
            public void checkpoint() {
                said.add("checkpoint");
            }

            @Override
            public void committed() {
                said.add("committed");
            }
        });
        return said;
    }
}
