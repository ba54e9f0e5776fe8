package io.freshet.store.expiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowAgesTest {
    @Test
    void rowsGoOnceTheyAreOldEnoughAndNotBefore() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 0, 0));
        ages.add(5_000);
        ages.add(5_500);
        assertThat(ages.expire(6_000)).isZero();
        // A bucket is 4 ms long: 1/128 of 1000, rounded down to a power of two.
        assertThat(ages.expire(6_004)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(1);
        assertThat(ages.liveFrom()).isBetween(5_001L, 5_004L);
        assertThat(ages.expire(6_504)).isEqualTo(1);
        assertThat(ages.unswept()).isEqualTo(2);
    }

    @Test
    void anUpdatedRowStays() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 0, 0));
        ages.add(5_000);
        ages.move(5_000, 5_900);
        assertThat(ages.expire(6_500)).isZero();
        assertThat(ages.rows()).isEqualTo(1);
    }

    @Test
    void theLastRowsStayHoweverOldTheyAre() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 2, 0));
        ages.add(1_000);
        ages.add(2_000);
        ages.add(3_000);
        assertThat(ages.expire(90_000)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(2);
        assertThat(ages.liveFrom()).isLessThanOrEqualTo(2_000);
    }

    @Test
    void tooManyRowsMakeTheOldestGoButNoneOfTheNewestBucket() {
        RowAges ages = new RowAges(new ExpiryRule(0, 0, 3));
        for (long time = 1; time <= 10; time++) {
            ages.add(time);
        }
        assertThat(ages.expire(10)).isEqualTo(7);
        assertThat(ages.liveFrom()).isEqualTo(8);
        for (int i = 0; i < 20; i++) {
            ages.add(11);
        }
        ages.expire(11);
        assertThat(ages.rows()).isEqualTo(20);
    }

    @Test
    void whatComesTooLateDoesNotLiveEvenWhenNoRowIsThere() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 0, 0));
        ages.expire(50_000);
        assertThat(ages.liveFrom()).isBetween(48_990L, 49_000L);
    }

    @Test
    void aDryRunSaysWhatWouldGo() {
        RowAges ages = new RowAges(new ExpiryRule(1_000, 0, 0));
        ages.add(1_000);
        ages.add(9_500);
        assertThat(ages.wouldExpire(10_000)).isEqualTo(1);
        assertThat(ages.rows()).isEqualTo(2);
        assertThat(ages.liveFrom()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void aFormatOfALaterProgramIsRefused() {
        byte[] bytes = new RowAges(new ExpiryRule(1_000, 0, 0)).encode();
        bytes[0] = 9;
        assertThatThrownBy(() -> RowAges.decode(bytes, new ExpiryRule(1_000, 0, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("format 9");
    }

    /** Against a list of times; bytes are written and read on the way. */
    @ParameterizedTest
    @CsvSource({"1000, 0, 0", "100000, 20, 0", "0, 0, 50", "5000, 10, 100", "777, 60, 60"})
    void itAgreesWithAListOfTimes(long afterMs, long minRows, long maxRows) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ExpiryRule rule = new ExpiryRule(afterMs, minRows, maxRows);
        RowAges ages = new RowAges(rule);
        List<Long> live = new ArrayList<>();
        long clock = 1_000_000;
        for (int i = 0; i < 30_000; i++) {
            clock += random.nextInt(50) == 0 ? random.nextInt(3_000) : random.nextInt(10);
            long limit = rule.limit(clock);
            List<Long> before = List.copyOf(live);
            long gone = ages.expire(clock);
            live.removeIf(time -> time < ages.liveFrom());
            assertThat(gone).isEqualTo(before.size() - live.size());
            assertThat(ages.rows()).isEqualTo(live.size());
            assertThat(live.size()).isGreaterThanOrEqualTo((int) Math.min(minRows, before.size()));
            boolean full = maxRows > 0 && before.size() > maxRows;
            if (!full) {
                assertThat(before.stream()
                                .filter(time -> time >= limit && time < ages.liveFrom())
                                .count())
                        .isZero();
            }
            long time = Math.max(clock - random.nextInt(200), ages.liveFrom());
            if (live.isEmpty() || random.nextInt(3) == 0) {
                live.add(time);
                ages.add(time);
            } else {
                int row = random.nextInt(live.size());
                long updated = Math.max(live.get(row), time);
                ages.move(live.set(row, updated), updated);
            }
            live.sort(Comparator.naturalOrder());
            if (random.nextInt(100) == 0) {
                RowAges copy = RowAges.decode(ages.encode(), rule);
                assertThat(copy.encode()).isEqualTo(ages.encode());
                assertThat(copy.rows()).isEqualTo(ages.rows());
            }
        }
    }
}
