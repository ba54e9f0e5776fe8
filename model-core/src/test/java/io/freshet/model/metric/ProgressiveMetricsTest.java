package io.freshet.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.batch.Labels;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProgressiveMetricsTest {
    private static final long SEED = 31;
    private static final float LOGIT_OF_A_QUARTER = (float) -Math.log(3);

    private static ProgressiveMetrics random(int examples, int window) {
        SplittableRandom random = new SplittableRandom(SEED);
        ProgressiveMetrics metrics = new ProgressiveMetrics(2, window);
        for (int i = 0; i < examples; i++) {
            float logit = (float) (random.nextDouble() * 6 - 4);
            metrics.add(0, logit, random.nextDouble() < 1 / (1 + Math.exp(-logit)), 1);
            metrics.add(1, logit, random.nextInt(10) == 0, 2);
        }
        return metrics;
    }

    @Test
    void computesLogLossEntropyAndCalibrationByHand() {
        ProgressiveMetrics metrics = new ProgressiveMetrics(1, 10);
        // Always a quarter predicted; half of the labels are positive.
        float[] logits = {LOGIT_OF_A_QUARTER, LOGIT_OF_A_QUARTER};
        metrics.add(logits, new Labels(new float[] {1, 0}, new float[] {1, 1}));
        Metrics whole = metrics.whole(0);
        double logLoss = -(Math.log(0.25) + Math.log(0.75)) / 2;
        assertThat(whole.examples()).isEqualTo(2);
        assertThat(whole.positives()).isEqualTo(1);
        assertThat(whole.logLoss()).isCloseTo(logLoss, within(1e-7));
        assertThat(whole.normalizedEntropy()).isCloseTo(logLoss / Math.log(2), within(1e-7));
        assertThat(whole.calibration()).isCloseTo(0.5, within(1e-7)); // 2 * 0.25 predicted, 1 observed.
        assertThat(whole.auc()).isEqualTo(0.5);
    }

    @Test
    void weighsExamplesInEveryMetric() {
        ProgressiveMetrics weighted = new ProgressiveMetrics(1, 10);
        weighted.add(0, 1, true, 1);
        weighted.add(0, -1, false, 3);
        weighted.add(0, 2, false, 1);
        ProgressiveMetrics copied = new ProgressiveMetrics(1, 10);
        copied.add(0, 1, true, 1);
        for (int i = 0; i < 3; i++) {
            copied.add(0, -1, false, 1);
        }
        copied.add(0, 2, false, 1);
        assertThat(weighted.whole(0))
                .usingRecursiveComparison()
                .ignoringFields("examples")
                .isEqualTo(copied.whole(0));
    }

    @Test
    void theHistogramsAucIsCloseToTheExactOne() {
        ProgressiveMetrics metrics = random(5_000, 5_000);
        assertThat(metrics.whole(0).auc())
                .as("seed %d", SEED)
                .isCloseTo(metrics.window(0).auc(), within(1e-4));
    }

    @Test
    void theWindowForgetsWhatIsOlder() {
        ProgressiveMetrics metrics = new ProgressiveMetrics(1, 2);
        metrics.add(0, 9, false, 1);
        metrics.add(0, 2, true, 1);
        metrics.add(0, 1, false, 1);
        assertThat(metrics.window(0).examples()).isEqualTo(2);
        assertThat(metrics.window(0).auc()).isEqualTo(1);
        assertThat(metrics.whole(0).auc()).isEqualTo(0.5);
    }

    @Test
    void isNotANumberBeforeTheFirstExample() {
        Metrics nothing = new ProgressiveMetrics(1, 5).whole(0);
        assertThat(new double[] {nothing.auc(), nothing.logLoss(), nothing.normalizedEntropy(), nothing.calibration()})
                .containsOnly(Double.NaN);
    }

    @Test
    void takesExtremeLogitsWithoutOverflow() {
        ProgressiveMetrics metrics = new ProgressiveMetrics(1, 5);
        metrics.add(0, 1000, false, 1);
        metrics.add(0, -1000, true, 1);
        assertThat(metrics.whole(0).logLoss()).isEqualTo(1000);
        assertThat(metrics.whole(0).auc()).isEqualTo(0);
    }

    @Test
    void comesBackFromItsBytesAndGoesOnTheSame() {
        ProgressiveMetrics metrics = random(333, 100);
        ProgressiveMetrics restored = ProgressiveMetrics.fromBytes(metrics.toBytes());
        metrics.add(0, 0.5f, true, 1);
        restored.add(0, 0.5f, true, 1);
        for (int task = 0; task < 2; task++) {
            assertThat(restored.whole(task)).isEqualTo(metrics.whole(task));
            assertThat(restored.window(task)).isEqualTo(metrics.window(task));
        }
        assertThat(restored.toBytes()).isEqualTo(metrics.toBytes());
    }

    @Test
    void refusesBytesOfAnotherVersionAndTrailingOnes() {
        byte[] bytes = new ProgressiveMetrics(1, 5).toBytes();
        assertThatThrownBy(() -> ProgressiveMetrics.fromBytes(Arrays.copyOf(bytes, bytes.length + 2)))
                .hasMessageContaining("2 bytes too many");
        bytes[0] = 9;
        assertThatThrownBy(() -> ProgressiveMetrics.fromBytes(bytes)).hasMessageContaining("version 9");
    }

    @Test
    void mergesAsIfOneHadSeenBothInTurn() {
        ProgressiveMetrics first = new ProgressiveMetrics(1, 3);
        ProgressiveMetrics second = new ProgressiveMetrics(1, 3);
        ProgressiveMetrics both = new ProgressiveMetrics(1, 3);
        for (int i = 0; i < 8; i++) {
            (i < 4 ? first : second).add(0, i % 3, i % 2 == 0, 1);
            both.add(0, i % 3, i % 2 == 0, 1);
        }
        first.merge(second);
        assertThat(first.whole(0).auc()).isEqualTo(both.whole(0).auc());
        assertThat(first.whole(0).logLoss()).isCloseTo(both.whole(0).logLoss(), within(1e-12));
        assertThat(first.window(0)).isEqualTo(both.window(0));
    }
}
