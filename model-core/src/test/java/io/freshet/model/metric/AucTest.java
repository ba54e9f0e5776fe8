package io.freshet.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AucTest {
    @Test
    void countsThePairsInTheRightOrder() {
        // Positives 0.8 and 0.3; negatives 0.5 and 0.1: of four pairs only (0.3, 0.5) is wrong.
        assertThat(Auc.exact(new float[] {0.8f, 0.5f, 0.3f, 0.1f}, new byte[] {1, 0, 1, 0}))
                .isEqualTo(0.75);
    }

    @Test
    void countsATieAsHalf() {
        assertThat(Auc.exact(new float[] {1, 1, 1}, new byte[] {1, 0, 0})).isEqualTo(0.5);
    }

    @Test
    void ranksNegativeScoresBelowPositiveOnesAndZeroesAsEqual() {
        assertThat(Auc.exact(new float[] {-1, -2, 3, -4}, new byte[] {1, 0, 1, 0}))
                .isEqualTo(1);
        assertThat(Auc.exact(new float[] {-0f, 0f}, new byte[] {1, 0})).isEqualTo(0.5);
    }

    @Test
    void isNotANumberWhenAKindOfLabelIsMissing() {
        assertThat(Auc.exact(new float[] {1, 2}, new byte[] {1, 1})).isNaN();
        assertThat(Auc.exact(new float[0], new byte[0])).isNaN();
    }

    @Test
    void weighsAnExampleAsSoManyCopiesOfIt() {
        double copied = Auc.exact(new float[] {2, 1, 1, 1, 0}, new byte[] {1, 0, 0, 0, 1});
        double weighted = Auc.exact(new float[] {2, 1, 0}, new byte[] {1, 0, 1}, new float[] {1, 3, 1});
        assertThat(weighted).isEqualTo(copied);
    }

    @Test
    void agreesWithCountingEveryPair() {
        long seed = 20;
        SplittableRandom random = new SplittableRandom(seed);
        float[] scores = new float[200];
        byte[] labels = new byte[200];
        for (int i = 0; i < scores.length; i++) {
            labels[i] = (byte) random.nextInt(2);
            scores[i] = random.nextInt(-10, 10) + labels[i]; // Whole numbers, so that there are ties.
        }
        double won = 0;
        double pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (labels[i] == 1 && labels[j] == 0) {
                    pairs++;
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        assertThat(Auc.exact(scores, labels)).as("seed %d", seed).isCloseTo(won / pairs, within(1e-12));
    }

    @Test
    void refusesLengthsThatDiffer() {
        assertThatThrownBy(() -> Auc.exact(new float[2], new byte[3])).hasMessageContaining("2 scores, 3 labels");
    }
}
