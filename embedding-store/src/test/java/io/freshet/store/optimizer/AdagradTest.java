package io.freshet.store.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdagradTest {
    private static final Offset<Float> WITHIN = Offset.offset(1e-6f);

    private final Adagrad adagrad = new Adagrad(new RowOptimizerConfig(RowOptimizerConfig.Type.ADAGRAD, 0.1, 0.01));

    @Test
    void twoStepsByHand() {
        RowBlock block = new RowBlock(2, 2, 2);
        set(block.weights, 1, 2, 7, 7);
        adagrad.initialise(block.state, 0, 2);
        assertThat(block.state).containsExactly(0.01f, 0.01f, 0f, 0f);

        block.rows = 1;
        set(block.gradients, 3, 0, 5, 5);
        adagrad.step(block);
        // acc = 0.01 + 9; w = 1 - 0.1 * 3 / sqrt(9.01). No gradient, no change; the second row is not in use.
        assertThat(block.weights).containsExactly(1f - 0.3f / 3.0016662f, 2f, 7f, 7f);
        assertThat(block.state).containsExactly(9.01f, 0.01f, 0f, 0f);

        set(block.gradients, -4, 1, 5, 5);
        adagrad.step(block);
        // acc = 9.01 + 16 and 0.01 + 1.
        assertThat(block.weights[0]).isCloseTo(0.9000555f + 0.4f / 5.0009999f, WITHIN);
        assertThat(block.weights[1]).isCloseTo(2f - 0.1f / 1.0049876f, WITHIN);
        assertThat(block.state).containsExactly(25.01f, 1.01f, 0f, 0f);
    }

    private static void set(float[] array, float... values) {
        System.arraycopy(values, 0, array, 0, values.length);
    }
}
