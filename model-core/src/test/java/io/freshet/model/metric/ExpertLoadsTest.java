package io.freshet.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExpertLoadsTest {
    private final ExpertLoads loads = new ExpertLoads(10);

    @Test
    void evenLoadHasFullEntropyAndNoIdleExpert() {
        loads.add(4, List.of(new ExpertRows("block.0.mix_ffn", 2, new float[] {2, 2, 2, 2})));
        assertThat(loads.lately()).containsExactly(new ExpertLoad("block.0.mix_ffn", 0.5, 0, 1));
    }

    @Test
    void aCrowdedPositionIsSeenAlthoughTheOtherIsEven() {
        loads.add(4, List.of(new ExpertRows("a", 4, new float[] {8, 0, 0, 0, 2, 2, 2, 2})));
        assertThat(loads.lately()).containsExactly(new ExpertLoad("a", 1, 3, 0.5));
    }

    @Test
    void entropyIsThatOfTheShares() {
        loads.add(4, List.of(new ExpertRows("a", 2, new float[] {3, 1})));
        double entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) / Math.log(2);
        assertThat(loads.lately().get(0).entropy()).isCloseTo(entropy, within(1e-12));
    }

    @Test
    void anExpertThatWorkedInAnEarlierBatchOfTheSpanIsNotIdle() {
        loads.add(1, List.of(new ExpertRows("a", 2, new float[] {1, 0}), new ExpertRows("b", 2, new float[] {1, 0})));
        loads.add(1, List.of(new ExpertRows("a", 2, new float[] {0, 1}), new ExpertRows("b", 2, new float[] {1, 0})));
        assertThat(loads.lately()).extracting(ExpertLoad::idle).containsExactly(0, 1);
    }

    @Test
    void whatLiesTwoSpansBackIsForgotten() {
        loads.add(10, List.of(new ExpertRows("a", 2, new float[] {0, 10})));
        loads.add(10, List.of(new ExpertRows("a", 2, new float[] {10, 0})));
        assertThat(loads.lately().get(0).idle()).isZero();
        loads.add(10, List.of(new ExpertRows("a", 2, new float[] {10, 0})));
        assertThat(loads.lately().get(0).idle()).isEqualTo(1);
    }

    @Test
    void onlyExpertOfItsPositionIsEven() {
        loads.add(1, List.of(new ExpertRows("a", 1, new float[] {1, 1})));
        assertThat(loads.lately()).containsExactly(new ExpertLoad("a", 1, 0, 1));
    }

    @Test
    void aRankerWithoutExpertsHasNoLoad() {
        loads.add(32, List.of());
        assertThat(loads.lately()).isEmpty();
    }
}
