package io.freshet.store.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowShapeTest {
    private static final RowShape TWO = new RowShape(2, false);
    private static final RowShape TWO_WIDE = new RowShape(2, true);
    private static final RowShape THREE_WIDE = new RowShape(3, true);

    @Test
    void aShapeWithoutEmbeddingIsRefused() {
        assertThatThrownBy(() -> new RowShape(0, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theBiasStaysTheBiasWhateverTheDimension() {
        assertThat(shared(TWO_WIDE, THREE_WIDE)).containsExactly(1, 2, 0, 3);
        assertThat(shared(THREE_WIDE, TWO_WIDE)).containsExactly(1, 2, 4);
        assertThat(shared(TWO, THREE_WIDE)).containsExactly(1, 2, 0, 0);
        assertThat(shared(THREE_WIDE, TWO)).containsExactly(1, 2);
    }

    @Test
    void theStateOfSharedColumnsIsCarriedAndTheRestIsFresh() {
        // Numbers 1, 2, 3 and so on are the old state; 0.01 and 0 are fresh.
        assertThat(carried(Type.SGD, TWO_WIDE, THREE_WIDE)).isEmpty();
        assertThat(carried(Type.ADAGRAD, TWO_WIDE, THREE_WIDE)).containsExactly(1, 2, 0.01f, 3);
        assertThat(carried(Type.ROWWISE_ADAGRAD, TWO_WIDE, THREE_WIDE)).containsExactly(1, 2);
        assertThat(carried(Type.ROWWISE_ADAGRAD, TWO, THREE_WIDE)).containsExactly(1, 0.01f);
        assertThat(carried(Type.ROWWISE_ADAGRAD, THREE_WIDE, TWO)).containsExactly(1);
        assertThat(carried(Type.ADAM, TWO_WIDE, THREE_WIDE)).containsExactly(1, 2, 0, 3, 4, 5, 0, 6, 7);
        assertThat(carried(Type.ADAM, THREE_WIDE, TWO)).containsExactly(1, 2, 5, 6, 9);
        // A new column's z is that of its initial weight, 5: -5 * 1 / 0.1.
        assertThat(carried(Type.FTRL, TWO_WIDE, THREE_WIDE)).containsExactly(1, 2, -50, 3, 4, 5, 0, 6);
    }

    private static float[] shared(RowShape from, RowShape to) {
        float[] out = new float[to.width()];
        from.copyShared(oneToN(from.width()), 0, to, out, 0);
        return out;
    }

    private static float[] carried(Type type, RowShape from, RowShape to) {
        RowOptimizerConfig config = RowOptimizerConfig.of(type);
        RowOptimizer optimizer = RowOptimizer.of(config, to);
        float[] weights = new float[to.width()];
        Arrays.fill(weights, 5);
        float[] state = new float[optimizer.stateFloats()];
        optimizer.initialise(weights, 0, state, 0);
        optimizer.carry(oneToN(RowOptimizer.of(config, from).stateFloats()), from, state);
        return state;
    }

    private static float[] oneToN(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i + 1;
        }
        return numbers;
    }
}
