package io.freshet.benchmarks.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> order = new ArrayList<>();

    @Test
    void takesTurnsForwardsAndBackwards() {
        new Rounds().add("a", () -> note("a", 1)).add("b", () -> note("b", 2)).run(1, 2);
        assertThat(order).containsExactly("a", "b", "b", "a", "a", "b");
    }

    @Test
    void countsTheMedianWithoutTheWarmUp() {
        List<Double> times = new ArrayList<>(List.of(1000.0, 5.0, 3.0, 4.0));
        Rounds rounds = new Rounds().add("a", () -> times.remove(0)).run(1, 3);
        assertThat(rounds.medianMs("a")).isEqualTo(4);
        assertThat(rounds.quantileMs("a", 0)).isEqualTo(3);
    }

    private double note(String name, double ms) {
        order.add(name);
        return ms;
    }
}
