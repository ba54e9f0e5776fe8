package io.freshet.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PredictionLogTest {
    private final PredictionLog log = new PredictionLog(1);

    @Test
    void qualityIsThatOfAllPredictions() {
        hear(0, new float[] {0.9f, 0.2f}, new float[] {1, 0});
        hear(2, new float[] {0.4f, 0.6f}, new float[] {1, 0});
        ProgressiveQuality quality = log.quality();
        // Of the 4 pairs of a positive and a negative, 3 are in order: (0.9, 0.2), (0.9, 0.6), (0.4, 0.2).
        assertThat(quality.auc()).isEqualTo(0.75);
        double logLoss = -(Math.log(0.9) + Math.log(0.8) + Math.log(0.4) + Math.log(0.4)) / 4;
        assertThat(quality.logLoss()).isEqualTo(logLoss, within(1e-6));
        assertThat(quality.normalizedEntropy()).isEqualTo(logLoss / Math.log(2), within(1e-6));
        assertThat(quality.calibration()).isEqualTo(2.1 / 2, within(1e-6));
    }

    @Test
    void secondHalfIsTheLaterHalfInTrainingOrder() {
        hear(0, new float[] {0.1f, 0.9f, 0.8f, 0.3f}, new float[] {1, 0, 1, 0});
        assertThat(log.quality().auc()).isEqualTo(0.25);
        assertThat(log.quality().aucSecondHalf()).isEqualTo(1.0);
    }

    @Test
    void whatWasHeardBeyondARestoredCheckpointNoLongerCounts() {
        hear(0, new float[] {0.9f, 0.2f}, new float[] {1, 0});
        hear(2, new float[] {0.1f, 0.9f}, new float[] {1, 0});
        hear(2, new float[] {0.8f, 0.1f}, new float[] {1, 0});
        assertThat(log.quality().auc()).isEqualTo(1.0);
        assertThat(log.quality().calibration()).isEqualTo(1.0, within(1e-6));
    }

    @Test
    void onlyTheFirstTaskCounts() {
        PredictionLog two = new PredictionLog(2);
        two.onBatch(0, new float[] {0.9f, 0.1f, 0.2f, 0.8f}, new float[] {1, 0, 0, 1}, new float[] {1, 1});
        assertThat(two.quality().auc()).isEqualTo(1.0);
    }

    @Test
    void anExampleWithoutALabelOnlyCountsAsAnExample() {
        hear(0, new float[] {0.9f, Float.NaN, 0.2f}, new float[] {1, Float.NaN, 0});
        assertThat(log.examples()).isEqualTo(3);
        assertThat(log.quality().auc()).isEqualTo(1.0);
        assertThat(log.quality().calibration()).isEqualTo(1.1, within(1e-6));
    }

    @Test
    void weightsCountInLogLossAndCalibration() {
        log.onBatch(0, new float[] {0.5f, 0.25f}, new float[] {1, 0}, new float[] {1, 4});
        assertThat(log.quality().calibration()).isEqualTo(0.5 + 4 * 0.25, within(1e-6));
        assertThat(log.quality().logLoss()).isEqualTo(-(Math.log(0.5) + 4 * Math.log(0.75)) / 5, within(1e-6));
    }

    @Test
    void whatCannotBeToldIsNull() {
        assertThat(log.quality()).isEqualTo(new ProgressiveQuality(null, null, null, null, null));
        assertThat(log.examplesPerSecond()).isNull();
        hear(0, new float[] {0.5f}, new float[] {0});
        assertThat(log.quality().auc()).isNull();
        assertThat(log.quality().calibration()).isNull();
        assertThat(log.quality().logLoss()).isNotNull();
    }

    @Test
    void logGrowsWithTheStream() {
        int batch = 50_000;
        for (int i = 0; i < 4; i++) {
            hear((long) i * batch, new float[batch], new float[batch]);
        }
        hear(4L * batch, new float[] {1}, new float[] {1});
        assertThat(log.quality().auc()).isEqualTo(1.0);
    }

    private void hear(long firstExample, float[] predictions, float[] labels) {
        float[] weights = new float[labels.length];
        Arrays.fill(weights, 1);
        log.onBatch(firstExample, predictions, labels, weights);
    }
}
