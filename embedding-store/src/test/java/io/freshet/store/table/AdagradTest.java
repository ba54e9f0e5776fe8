package io.freshet.store.table;

import static io.freshet.store.table.TestTables.ADAGRAD;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdagradTest {
    private static final Offset<Float> WITHIN = Offset.offset(1e-6f);

    private final Adagrad adagrad = new Adagrad(ADAGRAD);

    @Test
    void twoStepsByHand() {
        // 9 marks what must stay; weights 1 and 2, then their accumulators.
        FloatBuffer memory = FloatBuffer.wrap(new float[] {9, 1, 2, 0, 0, 9});
        adagrad.initialise(memory, 3, 2);
        assertThat(memory.array()).containsExactly(9f, 1f, 2f, 0.01f, 0.01f, 9f);

        adagrad.step(memory, 1, 2, new float[] {9, 3, 0}, 1);
        // acc = 0.01 + 9; w = 1 - 0.1 * 3 / sqrt(9.01). No gradient, no change.
        assertThat(memory.array()).containsExactly(9f, 1f - 0.3f / 3.0016662f, 2f, 9.01f, 0.01f, 9f);

        adagrad.step(memory, 1, 2, new float[] {-4, 1}, 0);
        // acc = 9.01 + 16 and 0.01 + 1.
        assertThat(memory.get(1)).isCloseTo(0.9000555f + 0.4f / 5.0009999f, WITHIN);
        assertThat(memory.get(2)).isCloseTo(2f - 0.1f / 1.0049876f, WITHIN);
        assertThat(memory.get(3)).isEqualTo(25.01f);
        assertThat(memory.get(4)).isEqualTo(1.01f);
    }
}
