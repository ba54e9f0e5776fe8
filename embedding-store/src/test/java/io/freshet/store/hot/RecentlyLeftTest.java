package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.store.hash.Mix64;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentlyLeftTest {
    private static final int ROWS = 16_000;

    private final RecentlyLeft left = new RecentlyLeft(ROWS);

    @Test
    void aRowIsRememberedOnceWhileHalfTheTableLeavesAndForgottenWhenThreeTimesItHasLeft() {
        leave(0, ROWS / 2);
        assertThat(remembered(0, ROWS / 2)).isGreaterThan(ROWS / 2 * 98 / 100);
        assertThat(remembered(0, ROWS / 2)).isZero();
        leave(ROWS, 5 * ROWS);
        assertThat(remembered(ROWS, 2 * ROWS)).isLessThan(ROWS / 100);
    }

    @Test
    void nothingIsRememberedOfRowsThatNeverLeftAndNoMemoryTakenBeforeTheFirstLeaves() {
        assertThat(remembered(0, ROWS)).isZero();
        assertThat(left.bytes()).isZero();
        leave(0, 1);
        assertThat(left.bytes()).isEqualTo(ROWS * RecentlyLeft.BYTES_PER_ROW);
        leave(1, ROWS);
        assertThat(remembered(ROWS, 3 * ROWS)).isLessThan(3);
    }

    private void leave(int from, int to) {
        LongStream.range(from, to).forEach(id -> left.add(Mix64.mix(id)));
    }

    private long remembered(int from, int to) {
        return LongStream.range(from, to).filter(id -> left.take(Mix64.mix(id))).count();
    }
}
