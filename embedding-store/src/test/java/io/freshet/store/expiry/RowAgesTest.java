package io.freshet.store.expiry;

import static io.freshet.store.expiry.ExpiryRule.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowAgesTest {
    private static final int GROUPS = 4;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());

    private static RowAges afterASecond() {
        return new RowAges(new ExpiryRule(1_000, 0, UNLIMITED), GROUPS);
    }

    @Test
    void rowsGoOnceTheyAreOldEnoughAndNotBefore() {
        RowAges ages = afterASecond();
        ages.add(0, 5_000);
        ages.add(3, 5_500);
        assertThat(ages.expire(6_000)).isZero();
        // A bucket is 4 ms long: 1/128 of 1000, rounded down to a power of two.
        assertThat(ages.expire(6_004)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(1);
        assertThat(ages.liveFrom(0)).isBetween(5_001L, 5_004L);
        assertThat(ages.expire(6_504)).isEqualTo(1);
        assertThat(ages.unswept(0)).isEqualTo(1);
        assertThat(ages.unswept(3)).isEqualTo(1);
    }

    @Test
    void anUpdatedRowStays() {
        RowAges ages = afterASecond();
        ages.add(1, 5_000);
        ages.move(1, 5_000, 5_900);
        assertThat(ages.expire(6_500)).isZero();
        assertThat(ages.rows()).isEqualTo(1);
    }

    @Test
    void theLastRowsStayHoweverOldTheyAreWhateverTheirKeyGroup() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 2, UNLIMITED), GROUPS);
        ages.add(0, 1_000);
        ages.add(0, 2_000);
        ages.add(0, 3_000);
        assertThat(ages.expire(90_000)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(2);
        assertThat(ages.liveFrom(0)).isLessThanOrEqualTo(2_000);
    }

    @Test
    void tooManyRowsMakeTheOldestGoWhateverTheirKeyGroupButNoneOfTheNewestBucket() {
        RowAges ages = new RowAges(new ExpiryRule(0, 0, 3), GROUPS);
        for (long time = 1; time <= 10; time++) {
            ages.add(time < 8 ? 0 : 1, time);
        }
        assertThat(ages.expire(10)).isEqualTo(7);
        assertThat(ages.liveFrom(0)).isEqualTo(8);
        for (int i = 0; i < 20; i++) {
            ages.add(2, 11);
        }
        ages.expire(11);
        assertThat(ages.rows()).isEqualTo(20);
    }

    @Test
    void whatComesTooLateDoesNotLiveEvenWhenNoRowIsThere() {
        RowAges ages = afterASecond();
        ages.expire(50_000);
        assertThat(ages.liveFrom(2)).isBetween(48_990L, 49_000L);
    }

    @Test
    void aDryRunSaysWhatWouldGo() {
        RowAges ages = afterASecond();
        ages.add(0, 1_000);
        ages.add(0, 9_500);
        assertThat(ages.wouldExpire(10_000)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(2);
        assertThat(ages.liveFrom(0)).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void theSharesOfSubtasksAddUpToTheTable() {
        ExpiryRule table = new ExpiryRule(0, 77, 1_003);
        for (int subtasks : List.of(1, 2, 3, 7, 128)) {
            long min = 0;
            long max = 0;
            for (int subtask = 0; subtask < subtasks; subtask++) {
                ExpiryRule share = table.share(128 * subtask / subtasks, 128 * (subtask + 1) / subtasks - 1, 128);
                min += share.minRows();
                max += share.maxRows();
                assertThat(share.maxRows() - 1_003.0 / subtasks).isBetween(-9.0, 9.0);
            }
            assertThat(min).isEqualTo(77);
            assertThat(max).isEqualTo(1_003);
        }
        assertThat(new ExpiryRule(5, 0, UNLIMITED).share(0, 1, 128).maxRows()).isEqualTo(UNLIMITED);
    }

    @Test
    void whatIsGoneStaysGoneWhenNoRuleHoldsAnyMore() {
        RowAges ages = afterASecond();
        ages.add(0, 1_000);
        ages.add(0, 9_500);
        ages.expire(10_000);
        RowAges without = new RowAges(new ExpiryRule(0, 0, UNLIMITED), GROUPS);
        assertThat(without.decode(0, ages.encode(0).orElseThrow())).isFalse();
        assertThat(without.liveFrom(0)).isEqualTo(ages.liveFrom(0)).isGreaterThan(1_000);
        assertThat(without.unswept(0)).isEqualTo(1);
        RowAges again = afterASecond();
        assertThat(again.decode(0, without.encode(0).orElseThrow()))
                .as("rows are counted")
                .isFalse();
        assertThat(again.liveFrom(0)).isEqualTo(ages.liveFrom(0));
        assertThat(without.encode(1)).as("nothing is known of the others").isEmpty();
    }

    @Test
    void agesOfTheFirstFormatAreRead() throws IOException {
        RowAges ages = afterASecond();
        try (var in = RowAgesTest.class.getResourceAsStream("/ages-v1.bin")) {
            assertThat(ages.decode(1, in.readAllBytes())).isTrue();
        }
        // Rows of 5500, 5900 and two of 6003 live, two older ones are gone and not swept yet.
        assertThat(ages.rows()).isEqualTo(4);
        assertThat(ages.liveFrom(1)).isEqualTo(5_004);
        assertThat(ages.unswept(1)).isEqualTo(2);
        assertThat(ages.expire(6_904)).isEqualTo(2);
    }

    @Test
    void aFormatOfALaterProgramIsRefused() {
        byte[] bytes = afterASecond().encode(0).orElseThrow();
        bytes[0] = 9;
        assertThatThrownBy(() -> afterASecond().decode(0, bytes))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("format 9");
    }

    /** Times of rows, and the ages that should agree with them. */
    private static final class Rows {
        private final ExpiryRule rule;
        private final Map<Integer, Long> times = new HashMap<>();
        private RowAges ages;

        Rows(ExpiryRule rule) {
            this.rule = rule;
            ages = new RowAges(rule, GROUPS);
        }

        static int group(int id) {
            return Math.floorMod(id * 7, GROUPS);
        }

        void update(int id, long time) {
            Long before = times.get(id);
            if (before == null && time >= ages.liveFrom(group(id))) {
                times.put(id, time);
                ages.add(group(id), time);
            } else if (before != null && time > before) {
                times.put(id, time);
                ages.move(group(id), before, time);
            }
        }

        long expire(long clock) {
            long gone = ages.expire(clock);
            times.entrySet().removeIf(row -> row.getValue() < ages.liveFrom(group(row.getKey())));
            return gone;
        }

        void restore() {
            RowAges copy = new RowAges(rule, GROUPS);
            for (int group = 0; group < GROUPS; group++) {
                assertThat(copy.decode(group, ages.encode(group).orElseThrow())).isTrue();
                assertThat(copy.encode(group).orElseThrow())
                        .isEqualTo(ages.encode(group).orElseThrow());
            }
            ages = copy;
        }
    }

    /** Against a map of times; bytes are written and read on the way. */
    @ParameterizedTest
    @CsvSource({"1000, 0, 0", "100000, 20, 0", "0, 0, 50", "5000, 10, 100", "777, 60, 60", "0, 0, 900"})
    void itAgreesWithAListOfTimes(long afterMs, long minRows, long maxRows) {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Rows rows = new Rows(new ExpiryRule(afterMs, minRows, maxRows == 0 ? UNLIMITED : maxRows));
        long clock = 1_000_000;
        for (int i = 0; i < 20_000; i++) {
            clock += random.nextInt(50) == 0 ? random.nextInt(3_000) : random.nextInt(10);
            long limit = rows.rule.limit(clock);
            List<Long> before = new ArrayList<>(rows.times.values());
            long gone = rows.expire(clock);
            assertThat(gone).isEqualTo(before.size() - rows.times.size());
            assertThat(rows.ages.rows()).isEqualTo(rows.times.size());
            assertThat(rows.times.size()).isGreaterThanOrEqualTo((int) Math.min(minRows, before.size()));
            if (maxRows == 0 || before.size() <= maxRows) {
                assertThat(before.stream()
                                .filter(time -> time >= limit && time < rows.ages.liveFrom(0))
                                .count())
                        .isZero();
            }
            rows.update(random.nextInt(1 + random.nextInt(3_000)), clock - random.nextInt(200));
            if (random.nextInt(100) == 0) {
                rows.restore();
            }
        }
    }

    /** However rows come: at an even pace, in bursts, in waves, from slow to fast. */
    @ParameterizedTest
    @CsvSource({"EVEN, 300", "EVEN, 5000", "BURSTS, 300", "BURSTS, 5000", "WAVES, 5000", "FASTER, 5000"})
    void asManyRowsStayAsMayWithinAFewHundredths(Pace pace, int maxRows) {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Rows rows = new Rows(new ExpiryRule(0, 0, maxRows));
        IntUnaryOperator zipf = ids -> (int) Math.exp(random.nextDouble() * Math.log(ids));
        long clock = 1_700_000_000_000L;
        int least = maxRows;
        int steps = 2_000;
        for (int step = 0; step < steps; step++) {
            clock += pace.next(step / (double) steps, random);
            for (int i = 0; i < maxRows / 100; i++) {
                rows.update(zipf.applyAsInt(20 * maxRows), clock);
            }
            if (rows.expire(clock) > 0) {
                least = Math.min(least, rows.times.size());
            }
            assertThat(rows.times.size()).isLessThanOrEqualTo(maxRows);
        }
        System.out.printf("%s: of %d rows %d are left at the least%n", pace, maxRows, least);
        assertThat(least).isBetween(maxRows - maxRows / 32, maxRows - 1);
    }

    enum Pace {
        EVEN,
        BURSTS,
        WAVES,
        FASTER;

        long next(double progress, Random random) {
            return switch (this) {
                case EVEN -> 7;
                case BURSTS -> random.nextInt(100) == 0 ? random.nextInt(100_000_000) : 3;
                case WAVES -> 1 + (long) (1_000 * (1 + Math.sin(40 * progress)));
                case FASTER -> progress < 0.5 ? 60_000 : 1;
            };
        }
    }

    @Test
    void shardsThatCountedInOtherBucketsBecomeOne() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        ExpiryRule rule = new ExpiryRule(0, 0, 2_000);
        Rows slow = new Rows(rule);
        Rows fast = new Rows(rule);
        for (int i = 0; i < 3_000; i++) {
            slow.update(random.nextInt(1_000), 1_000_000 + 1_000L * i);
            fast.update(random.nextInt(1_000), 3_990_000 + i);
        }
        RowAges both = new RowAges(rule, 2 * GROUPS);
        for (int group = 0; group < GROUPS; group++) {
            assertThat(both.decode(group, slow.ages.encode(group).orElseThrow()))
                    .isTrue();
            assertThat(both.decode(GROUPS + group, fast.ages.encode(group).orElseThrow()))
                    .isTrue();
        }
        assertThat(both.rows()).isEqualTo(slow.ages.rows() + fast.ages.rows());
        slow.times.forEach((id, time) -> both.move(Rows.group(id), time, 4_000_000));
        fast.times.forEach((id, time) -> both.move(GROUPS + Rows.group(id), time, 4_000_000));
        both.add(0, 4_000_001);
        long rows = both.rows();
        assertThat(both.expire(4_000_001)).isEqualTo(rows > 2_000 ? rows - 1 : 0);
    }
}
