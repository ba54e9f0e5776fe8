package io.freshet.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.store.hash.Mix64;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TouchCountsTest {
    private static final Decay DAILY = new Decay(1_000);

    static Stream<Supplier<TouchCounts>> both() {
        return Stream.of(() -> new ExactCounts(DAILY), () -> new SketchCounts(1 << 16, DAILY));
    }

    @ParameterizedTest
    @MethodSource("both")
    void eachTouchCountsOne(Supplier<TouchCounts> kind) {
        TouchCounts counts = kind.get();
        assertThat(counts.touch(0, 5)).isEqualTo(1);
        assertThat(counts.touch(0, 5)).isEqualTo(2);
        assertThat(counts.touch(-7, 5)).isEqualTo(1);
        assertThat(counts.touch(0, 6)).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("both")
    void countsAreHalvedAtTheEndOfEachPeriod(Supplier<TouchCounts> kind) {
        TouchCounts counts = kind.get();
        for (int i = 0; i < 9; i++) {
            counts.touch(42, 999);
        }
        assertThat(counts.touch(42, 1_000)).as("9 halved, and one").isEqualTo(5);
        assertThat(counts.touch(42, 3_000)).as("5 halved twice, and one").isEqualTo(2);
        assertThat(counts.touch(42, 1_000_000)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void countsStopAtTheLargest(Supplier<TouchCounts> kind) {
        TouchCounts counts = kind.get();
        for (int i = 0; i < 1_000; i++) {
            counts.touch(42, 0);
        }
        assertThat(counts.touch(42, 0)).isEqualTo(TouchCounts.MAX);
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatIsStoredAndRestoredGoesOnAsIfNothingHadHappened(Supplier<TouchCounts> kind) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        TouchCounts straight = kind.get();
        TouchCounts restarted = kind.get();
        Map<Integer, byte[]> stored = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            long id = random.nextInt(2_000);
            if (random.nextInt(20) == 0) {
                straight.forget(id);
                restarted.forget(id);
            }
            assertThat(restarted.touch(id, i)).isEqualTo(straight.touch(id, i));
            if (random.nextInt(500) == 0) {
                restarted.store((part, value) -> stored.compute(part, (same, before) -> value));
                restarted = kind.get();
                restarted.restore(stored::get);
            }
        }
    }

    @Test
    void exactCountsAreThoseOfAMap() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ExactCounts counts = new ExactCounts(new Decay(0));
        Map<Long, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long id = random.nextInt(3_000) - 1_000L << random.nextInt(3) * 20;
            if (random.nextInt(4) == 0) {
                counts.forget(id);
                model.remove(id);
            } else {
                int expected = Math.min(TouchCounts.MAX, model.merge(id, 1, Integer::sum));
                assertThat(counts.touch(id, i)).isEqualTo(expected);
            }
        }
        assertThat(counts.errorBound()).isZero();
    }

    @Test
    void aSketchNeverCountsTooFewAndSeldomMoreThanItsBound() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SketchCounts counts = new SketchCounts(1 << 16, new Decay(0));
        Map<Long, Integer> model = new HashMap<>();
        Random random = new Random(seed);
        int late = 0;
        int beyond = 0;
        for (int i = 0; i < 200_000; i++) {
            // About Zipf: few ids often, many seldom.
            long id = Mix64.mix((long) Math.pow(50_000, random.nextDouble()));
            int real = Math.min(TouchCounts.MAX, model.merge(id, 1, Integer::sum));
            int counted = counts.touch(id, 0);
            assertThat(counted).isGreaterThanOrEqualTo(real);
            beyond += counted > real + counts.errorBound() ? 1 : 0;
            late++;
        }
        assertThat(beyond / (double) late).isLessThan(Math.exp(-4));
    }

    @ParameterizedTest
    @MethodSource("both")
    void bytesOfAnUnknownFormatAreRefused(Supplier<TouchCounts> kind) {
        assertThatThrownBy(() -> kind.get().restore(part -> new byte[] {3, 0, 0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("format 3")
                .hasMessageContaining("Run the program that wrote them");
    }

    @ParameterizedTest
    @MethodSource("both")
    void cutBytesAreRefused(Supplier<TouchCounts> kind) {
        Map<Integer, byte[]> stored = new HashMap<>();
        TouchCounts counts = kind.get();
        counts.touch(42, 0);
        counts.store(stored::put);
        stored.replaceAll((part, value) -> Arrays.copyOf(value, value.length - 1));
        assertThatThrownBy(() -> kind.get().restore(stored::get))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not whole");
    }

    @Test
    void aPartOfAnotherSizeIsLeftOut() {
        SketchCounts large = new SketchCounts(1 << 14, DAILY);
        large.touch(5, 0);
        Map<Integer, byte[]> stored = new HashMap<>();
        large.store(stored::put);
        SketchCounts small = new SketchCounts(1 << 10, DAILY);
        small.restore(stored::get);
        assertThat(small.touch(5, 0)).isEqualTo(1);
        ExactCounts exact = new ExactCounts(DAILY);
        exact.restore(stored::get);
        assertThat(exact.touch(5, 0)).isEqualTo(1);
    }
}
