package io.freshet.store.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowOptimizerTest {
    private static final RowShape WIDE = new RowShape(2, true);

    @Test
    void twoStepsOfAdagradByHand() {
        RowOptimizer adagrad = RowOptimizer.of(RowOptimizerConfig.adagrad(0.1, 0.01), new RowShape(2, false));
        RowBlock row = row(adagrad, 1, 2);
        assertThat(row.state).containsExactly(0.01f, 0.01f);

        step(adagrad, row, 3, 0);
        // acc = 0.01 + 9; w = 1 - 0.1 * 3 / sqrt(9.01). No gradient, no change.
        assertThat(row.weights).containsExactly(1f - 0.3f / 3.0016662f, 2f);
        assertThat(row.state).containsExactly(9.01f, 0.01f);

        step(adagrad, row, -4, 1);
        // acc = 9.01 + 16 and 0.01 + 1.
        assertThat(row.weights[0]).isCloseTo(0.9000555f + 0.4f / 5.0009999f, within(1e-6f));
        assertThat(row.weights[1]).isCloseTo(2f - 0.1f / 1.0049876f, within(1e-6f));
        assertThat(row.state).containsExactly(25.01f, 1.01f);
    }

    @Test
    void theBiasOfRowwiseAdagradHasAnAccumulatorOfItsOwn() {
        RowOptimizer rowwise = RowOptimizer.of(RowOptimizerConfig.of(Type.ROWWISE_ADAGRAD), WIDE);
        RowBlock row = row(rowwise, 1, 2, 3);
        assertThat(row.state).containsExactly(0.01f, 0.01f);
        step(rowwise, row, 1, 3, 10);
        assertThat(row.state).containsExactly(0.01f + 10f / 2, 0.01f + 100f);
        assertThat(RowOptimizer.of(RowOptimizerConfig.of(Type.ROWWISE_ADAGRAD), new RowShape(2, false))
                        .stateFloats())
                .isEqualTo(1);
    }

    @Test
    void theFirstStepOfAdamIsTheRateWhateverTheGradientAndHoweverLateTheRow() {
        RowOptimizer adam = RowOptimizer.of(RowOptimizerConfig.of(Type.ADAM), WIDE);
        RowBlock row = row(adam, 1, 1, 1);
        step(adam, row, 100, -0.5f, 7);
        assertThat(row.weights[0]).isCloseTo(0.999f, within(1e-6f));
        assertThat(row.weights[1]).isCloseTo(1.001f, within(1e-6f));
        assertThat(row.state[6]).isEqualTo(1);
    }

    @Test
    void adamsCountOfStepsStaysWhereAFloatCanNoLongerCount() {
        RowOptimizer adam = RowOptimizer.of(RowOptimizerConfig.of(Type.ADAM), WIDE);
        RowBlock row = row(adam, 1, 1, 1);
        row.state[6] = 1 << 24;
        step(adam, row, 1, 1, 1);
        assertThat(row.state[6]).isEqualTo(1 << 24);
        // The corrections are 1: mean 0.1, square 0.001.
        assertThat(row.weights[0]).isCloseTo(1 - 0.001f * 0.1f / (float) Math.sqrt(0.001), within(1e-6f));
    }

    @Test
    void ftrlStartsWhereTheInitialValuesAre() {
        RowOptimizer ftrl = RowOptimizer.of(RowOptimizerConfig.of(Type.FTRL), WIDE);
        RowBlock row = row(ftrl, 0.5f, -0.25f, 0);
        step(ftrl, row, 0, 0, 0);
        assertThat(row.weights).containsExactly(0.5f, -0.25f, 0);
    }

    @Test
    void ftrlMakesWeakWeightsExactlyZeroAndBringsThemBack() {
        RowOptimizerConfig config = new RowOptimizerConfig(Type.FTRL, 0.1, 0, 0, 0, 0, 0, 0, 1, 0, 1);
        RowOptimizer ftrl = RowOptimizer.of(config, WIDE);
        RowBlock row = row(ftrl, 0, 0, 0);
        step(ftrl, row, 0.5f, -0.9f, 3);
        assertThat(row.weights[0]).isZero();
        assertThat(row.weights[1]).isZero();
        // z = 3, n = 9: w = -(3 - 1) / ((1 + 3) / 0.1).
        assertThat(row.weights[2]).isCloseTo(-0.05f, within(1e-8f));
        step(ftrl, row, 0.75f, 0, 0);
        assertThat(row.weights[0]).isNegative();
    }

    @Test
    void aGradientIsScaledDownToTheNormAndASmallerOneIsLeftAlone() {
        RowOptimizerConfig config = new RowOptimizerConfig(Type.SGD, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0);
        RowOptimizer sgd = RowOptimizer.of(config, WIDE);
        RowBlock row = row(sgd, 0, 0, 0);
        step(sgd, row, 6, 0, 8);
        assertThat(row.weights).containsExactly(-3f, 0f, -4f);
        step(sgd, row, 3, 0, -4);
        assertThat(row.weights).containsExactly(-6f, 0f, 0f);
    }

    @Test
    void decayIsAddedAfterClipping() {
        RowOptimizerConfig config = new RowOptimizerConfig(Type.SGD, 1, 0, 0, 0.5, 5, 0, 0, 0, 0, 0);
        RowOptimizer sgd = RowOptimizer.of(config, WIDE);
        RowBlock row = row(sgd, 8, 0, -4);
        step(sgd, row, 6, 0, 8);
        assertThat(row.weights).containsExactly(8f - 3 - 4, 0f, -4f - 4 + 2);
    }

    @ParameterizedTest
    @EnumSource
    void rowsBehindThoseInUseAreLeftAlone(Type type) {
        RowOptimizer optimizer = RowOptimizer.of(RowOptimizerConfig.of(type), WIDE);
        RowBlock block = new RowBlock(3, 3, optimizer.stateFloats());
        Arrays.fill(block.weights, 1);
        Arrays.fill(block.state, 1);
        Arrays.fill(block.gradients, 1);
        block.rows = 2;
        optimizer.step(block);
        assertThat(block.weights[5]).isNotEqualTo(1);
        assertThat(Arrays.copyOfRange(block.weights, 6, 9)).containsOnly(1);
        float[] untouched = new float[block.stateFloats];
        Arrays.fill(untouched, 1);
        assertThat(Arrays.copyOfRange(block.state, 2 * block.stateFloats, 3 * block.stateFloats))
                .containsExactly(untouched);
    }

    @ParameterizedTest
    @EnumSource
    void everyOptimizerDescends(Type type) {
        // Minimise the sum of (w - target)^2 / 2 from noisy gradients; seed 3.
        RowOptimizer optimizer = RowOptimizer.of(RowOptimizerConfig.of(type), WIDE);
        RowBlock row = row(optimizer, 0.05f, -0.05f, 0);
        float[] targets = {0.3f, -0.2f, 0.1f};
        Random random = new Random(3);
        for (int step = 0; step < 3_000; step++) {
            for (int i = 0; i < 3; i++) {
                row.gradients[i] = row.weights[i] - targets[i] + 0.1f * (float) random.nextGaussian();
            }
            optimizer.step(row);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(row.weights[i]).isCloseTo(targets[i], within(0.03f));
        }
    }

    @Test
    void sumsOfSquaresHaveNoRemainderToForget() {
        float[] values = new float[11];
        Arrays.fill(values, 3);
        for (int count = 0; count <= 9; count++) {
            assertThat(Squares.sum(values, 2, count)).isEqualTo(9 * count);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestGradientLeavesTheWidestRowFinite(Type type) {
        RowShape widest = new RowShape(4096, true);
        RowOptimizer optimizer = RowOptimizer.of(RowOptimizerConfig.of(type), widest);
        RowBlock row = row(optimizer, new float[widest.width()]);
        Arrays.fill(row.gradients, Math.nextDown(RowOptimizer.GRADIENT_LIMIT));
        optimizer.step(row);
        for (float number : row.weights) {
            assertThat(number).isFinite();
        }
        for (float number : row.state) {
            assertThat(number).isFinite();
        }
    }

    private static RowBlock row(RowOptimizer optimizer, float... weights) {
        RowBlock row = new RowBlock(1, weights.length, optimizer.stateFloats());
        System.arraycopy(weights, 0, row.weights, 0, weights.length);
        optimizer.initialise(row.weights, 0, row.state, 0);
        row.rows = 1;
        return row;
    }

    private static void step(RowOptimizer optimizer, RowBlock row, float... gradient) {
        System.arraycopy(gradient, 0, row.gradients, 0, gradient.length);
        optimizer.step(row);
    }
}
