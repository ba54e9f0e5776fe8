package io.freshet.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.TaskConfig;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServedScoresTest {
    private final ServedScores scores = new ServedScores(TaskConfig.binary("liked", "like", Duration.ofMillis(100)));

    private ServedScores.Shown score(String id, long timeMs, float score) {
        ServedScores.Shown shown = scores.shown(id, timeMs);
        shown.scored(score);
        return shown;
    }

    @Test
    void aScoreIsJudgedByWhatHappensWithinTheWindow() {
        score("a", 1_000, 0.9f);
        score("b", 1_000, 0.2f);
        score("c", 1_000, 0.4f);
        score("d", 1_000, 0.6f);
        scores.acted("a", "like", 1_100);
        scores.acted("b", "like", 1_101);
        scores.acted("c", "like", 1_000);
        scores.acted("d", "share", 1_050);
        scores.acted("d", "like", 999);
        ServedQuality quality = scores.quality();
        assertThat(quality.impressions()).isEqualTo(4);
        // Of the 4 pairs of a positive (a, c) and a negative (b, d), 3 are in order.
        assertThat(quality.auc()).isEqualTo(0.75);
        assertThat(quality.calibration()).isEqualTo(2.1 / 2, within(1e-6));
    }

    @Test
    void anActionMayComeBeforeTheAnswer() {
        ServedScores.Shown shown = scores.shown("a", 1_000);
        scores.acted("a", "like", 1_001);
        shown.scored(0.8f);
        scores.shown("b", 2_000);
        assertThat(scores.quality().calibration()).isEqualTo(0.8, within(1e-6));
    }

    @Test
    void impressionsWhoseWindowIsOpenDoNotCountYetWhateverTheirLabel() {
        score("a", 1_000, 0.9f);
        scores.acted("a", "like", 1_001);
        assertThat(scores.quality()).isEqualTo(new ServedQuality(0, null, null, null));
        scores.shown("b", 1_101);
        assertThat(scores.quality().impressions()).isEqualTo(1);
    }

    @Test
    void whatWasNotAskedForOrNotAnsweredDoesNotCount() {
        scores.shown("a", 1_000).forget();
        scores.shown("b", 1_000);
        score("c", 2_000, 0.5f);
        scores.shown("d", 3_000);
        assertThat(scores.quality().impressions()).isEqualTo(1);
    }

    /** 2,000 runs of 60 examples: the spread of their AUC is the error that each reports. */
    @Test
    void theErrorIsAsLargeAsTheSpreadOverManyRuns() {
        Random random = new Random(7);
        double sum = 0;
        double squares = 0;
        double errors = 0;
        int runs = 2_000;
        for (int run = 0; run < runs; run++) {
            ServedScores each = new ServedScores(TaskConfig.binary("liked", "like", Duration.ofMillis(100)));
            for (int i = 0; i < 60; i++) {
                each.shown("i" + i, 1_000).scored((float) (random.nextGaussian() + (i % 3 == 0 ? 1 : 0)));
                each.acted("i" + i, i % 3 == 0 ? "like" : "nothing", 1_050);
            }
            each.shown("later", 2_000);
            sum += each.quality().auc();
            squares += each.quality().auc() * each.quality().auc();
            errors += each.quality().aucError();
        }
        double mean = sum / runs;
        assertThat(errors / runs).isEqualTo(Math.sqrt(squares / runs - mean * mean), within(0.005));
    }
}
