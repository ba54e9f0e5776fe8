package io.freshet.benchmarks.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlantedTaskTest {
    private static final long SEED = 5;
    private static final PlantedTask.Spec SPEC = new PlantedTask.Spec(
            6, 12, 3, 0.5, List.of(4, 2, 1), List.of(3, 3, 2), List.of(0.5, 1.0, 1.0, 1.0), 1, 20_000);

    @Test
    void theSameSeedGivesTheSameStream() {
        Iterator<PlantedTask.Known> first = new PlantedTask(SPEC, SEED).known();
        Iterator<PlantedTask.Known> second = new PlantedTask(SPEC, SEED).known();
        for (int i = 0; i < 100; i++) {
            assertThat(second.next()).isEqualTo(first.next());
        }
    }

    @Test
    void labelsComeTrueAsOftenAsTheirChancesSay() {
        Iterator<PlantedTask.Known> stream = new PlantedTask(SPEC, SEED).known();
        double expected = 0;
        double variance = 0;
        int positives = 0;
        while (stream.hasNext()) {
            PlantedTask.Known next = stream.next();
            expected += next.chance();
            variance += next.chance() * (1 - next.chance());
            positives += next.example().label() ? 1 : 0;
        }
        assertThat((double) positives).as("seed %d", SEED).isCloseTo(expected, within(4 * Math.sqrt(variance)));
    }

    @Test
    void theTrueChancesRankWellAndNotPerfectly() {
        PlantedTask.Bayes bayes = new PlantedTask(SPEC, SEED).bayes();
        assertThat(bayes.auc()).isBetween(0.75, 0.95);
        assertThat(bayes.aucSecondHalf()).isCloseTo(bayes.auc(), within(0.03));
    }

    @Test
    void noFewerFieldsThanACrossHasTellAnythingOfIt() {
        int kinds = 3;
        List<Kinds> byValue = IntStream.range(0, 3)
                .mapToObj(i -> Kinds.byValue(kinds, kinds, new SplittableRandom(i)))
                .toList();
        Cross cross = new Cross(new int[] {0, 1, 2}, kinds, byValue, new SplittableRandom(SEED));
        for (int a = 0; a < kinds; a++) {
            for (int b = 0; b < kinds; b++) {
                double sum = 0;
                for (int c = 0; c < kinds; c++) {
                    sum += cross.of(new int[] {a, b, c}, new float[3][], 0.3);
                }
                assertThat(sum).isCloseTo(0, within(1e-12));
            }
        }
    }

    @Test
    void effectsDrift() {
        List<Kinds> byValue =
                List.of(Kinds.byValue(4, 2, new SplittableRandom(1)), Kinds.byValue(4, 2, new SplittableRandom(2)));
        Cross cross = new Cross(new int[] {0, 1}, 2, byValue, new SplittableRandom(SEED));
        int[] values = {0, 0};
        assertThat(cross.of(values, new float[2][], 0)).isNotEqualTo(cross.of(values, new float[2][], Math.PI / 4));
    }
}
