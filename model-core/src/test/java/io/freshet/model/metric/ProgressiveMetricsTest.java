package io.freshet.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TaskConfig.Loss;
import io.freshet.contracts.pipeline.TaskConfig.Type;
import io.freshet.model.ranker.TaskTargets.Targets;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProgressiveMetricsTest {
    private static final long SEED = 31;
    private static final float LOGIT_OF_A_QUARTER = (float) -Math.log(3);

    private static final TaskConfig LIKE = TaskConfig.binary("like", "like", Duration.ofHours(1));
    private static final TaskConfig SECONDS =
            new TaskConfig("seconds", "watch", Duration.ofHours(1), Type.REGRESSION, null, null, 1, Loss.SQUARED, 0);

    private static ProgressiveMetrics of(int tasks, int window) {
        return new ProgressiveMetrics(Collections.nCopies(tasks, LIKE), window);
    }

    private static ProgressiveMetrics random(int examples, int window) {
        SplittableRandom random = new SplittableRandom(SEED);
        ProgressiveMetrics metrics = of(2, window);
        for (int i = 0; i < examples; i++) {
            float logit = (float) (random.nextDouble() * 6 - 4);
            metrics.add(0, logit, random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0, 1);
            metrics.add(1, logit, random.nextInt(10) == 0 ? 1 : 0, 2);
        }
        return metrics;
    }

    @Test
    void computesLogLossEntropyAndCalibrationByHand() {
        ProgressiveMetrics metrics = of(1, 10);
        // Always a quarter predicted; half of the labels are positive.
        float[] logits = {LOGIT_OF_A_QUARTER, LOGIT_OF_A_QUARTER};
        metrics.add(logits, new Targets(new float[] {1, 0}, new float[] {1, 1}), new float[] {1, 1});
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
        ProgressiveMetrics weighted = of(1, 10);
        weighted.add(0, 1, 1, 1);
        weighted.add(0, -1, 0, 3);
        weighted.add(0, 2, 0, 1);
        ProgressiveMetrics copied = of(1, 10);
        copied.add(0, 1, 1, 1);
        for (int i = 0; i < 3; i++) {
            copied.add(0, -1, 0, 1);
        }
        copied.add(0, 2, 0, 1);
        assertThat(weighted.whole(0))
                .usingRecursiveComparison()
                .ignoringFields("examples", "meanSquaredError")
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
        ProgressiveMetrics metrics = of(1, 2);
        metrics.add(0, 9, 0, 1);
        metrics.add(0, 2, 1, 1);
        metrics.add(0, 1, 0, 1);
        assertThat(metrics.window(0).examples()).isEqualTo(2);
        assertThat(metrics.window(0).auc()).isEqualTo(1);
        assertThat(metrics.whole(0).auc()).isEqualTo(0.5);
    }

    @Test
    void isNotANumberBeforeTheFirstExample() {
        Metrics nothing = of(1, 5).whole(0);
        assertThat(new double[] {nothing.auc(), nothing.logLoss(), nothing.normalizedEntropy(), nothing.calibration()})
                .containsOnly(Double.NaN);
    }

    @Test
    void takesExtremeLogitsWithoutOverflow() {
        ProgressiveMetrics metrics = of(1, 5);
        metrics.add(0, 1000, 0, 1);
        metrics.add(0, -1000, 1, 1);
        assertThat(metrics.whole(0).logLoss()).isEqualTo(1000);
        assertThat(metrics.whole(0).auc()).isEqualTo(0);
    }

    @Test
    void comesBackFromItsBytesAndGoesOnTheSame() {
        ProgressiveMetrics metrics = random(333, 100);
        ProgressiveMetrics restored = ProgressiveMetrics.fromBytes(metrics.toBytes());
        metrics.add(0, 0.5f, 1, 1);
        restored.add(0, 0.5f, 1, 1);
        for (int task = 0; task < 2; task++) {
            assertThat(restored.whole(task)).isEqualTo(metrics.whole(task));
            assertThat(restored.window(task)).isEqualTo(metrics.window(task));
        }
        assertThat(restored.toBytes()).isEqualTo(metrics.toBytes());
    }

    @Test
    void refusesBytesOfAnotherVersionAndTrailingOnes() {
        byte[] bytes = of(1, 5).toBytes();
        assertThatThrownBy(() -> ProgressiveMetrics.fromBytes(Arrays.copyOf(bytes, bytes.length + 2)))
                .hasMessageContaining("2 bytes too many");
        bytes[0] = 9;
        assertThatThrownBy(() -> ProgressiveMetrics.fromBytes(bytes)).hasMessageContaining("version 9");
    }

    @Test
    void mergesAsIfOneHadSeenBothInTurn() {
        ProgressiveMetrics first = of(1, 3);
        ProgressiveMetrics second = of(1, 3);
        ProgressiveMetrics both = of(1, 3);
        for (int i = 0; i < 8; i++) {
            (i < 4 ? first : second).add(0, i % 3, (i + 1) % 2, 1);
            both.add(0, i % 3, (i + 1) % 2, 1);
        }
        first.merge(second);
        assertThat(first.whole(0).auc()).isEqualTo(both.whole(0).auc());
        assertThat(first.whole(0).logLoss()).isCloseTo(both.whole(0).logLoss(), within(1e-12));
        assertThat(first.window(0)).isEqualTo(both.window(0));
    }

    @Test
    void aRegressionHasAMeanSquaredErrorAndACalibrationOfValues() {
        ProgressiveMetrics metrics = new ProgressiveMetrics(List.of(LIKE, SECONDS), 2);
        metrics.add(1, 3, 5, 1);
        metrics.add(1, 1, 0, 2);
        metrics.add(1, -1, 2, 1);
        Metrics whole = metrics.whole(1);
        assertThat(whole.meanSquaredError()).isEqualTo((4 + 2 * 1 + 9) / 4.0);
        assertThat(whole.calibration()).isEqualTo((3 + 2 - 1) / 7.0);
        assertThat(whole.positives()).isEqualTo(7);
        assertThat(new double[] {whole.auc(), whole.logLoss(), whole.normalizedEntropy()})
                .containsOnly(Double.NaN);
        assertThat(metrics.window(1).meanSquaredError()).isEqualTo((2 * 1 + 9) / 3.0);
        ProgressiveMetrics restored = ProgressiveMetrics.fromBytes(metrics.toBytes());
        assertThat(restored.whole(1)).isEqualTo(whole);
        assertThat(restored.window(1)).isEqualTo(metrics.window(1));
        restored.merge(metrics);
        assertThat(restored.whole(1).examples()).isEqualTo(6);
    }

    @Test
    void aMaskedLabelDoesNotCountButItsExampleDoes() {
        ProgressiveMetrics metrics = of(2, 10);
        Targets targets = new Targets(new float[] {1, 1, 0, 0}, new float[] {1, 1, 1, 0});
        metrics.add(new float[] {0.5f, 0.5f, -1, 9}, targets, new float[] {1, 1});
        assertThat(metrics.whole(0).examples()).isEqualTo(2);
        assertThat(metrics.whole(1).examples()).isEqualTo(1);
        assertThat(metrics.examples()).isEqualTo(2);
    }

    @Test
    void theExamplesOfASkippedBatchAreCounted() {
        ProgressiveMetrics metrics = of(1, 10);
        metrics.skip(7);
        ProgressiveMetrics restored = ProgressiveMetrics.fromBytes(metrics.toBytes());
        assertThat(restored.examples()).isEqualTo(7);
        assertThat(restored.skipped()).isEqualTo(7);
        assertThat(restored.whole(0).examples()).isZero();
    }

    @Test
    void theBytesOfVersion1AreRead() throws IOException {
        try (InputStream in = ProgressiveMetricsTest.class.getResourceAsStream("/state/progressive-metrics-1.bin")) {
            ProgressiveMetrics expected = of(2, 3);
            float[] outputs = {-1.5f, 0.25f, 0.25f, 3};
            float[] labels = {0, 1, 0, 1};
            float[] weights = {1, 2, 1, 1};
            for (int i = 0; i < 4; i++) {
                expected.add(0, outputs[i], labels[i], weights[i]);
                expected.add(1, i - 2, i == 1 ? 1 : 0, i == 1 ? 0.5f : 1);
            }
            ProgressiveMetrics read = ProgressiveMetrics.fromBytes(in.readAllBytes());
            assertThat(read.examples()).isEqualTo(4);
            for (int task = 0; task < 2; task++) {
                assertThat(read.whole(task)).isEqualTo(expected.whole(task));
                assertThat(read.window(task)).isEqualTo(expected.window(task));
            }
        }
    }
}
