package io.freshet.store.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WriteBehindPaceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int KEPT = 20_000;

    private final WriteBehindPace pace = new WriteBehindPace(Duration.ofSeconds(10), KEPT, 0);

    @Test
    void rowsThatTheBarrierMayFindAreNotWritten() {
        for (int second = 1; second < 20; second++) {
            assertThat(pace.rowsToWrite(KEPT, second * SECOND)).isZero();
        }
    }

    @Test
    void aMillionRowsThatBecomeDirtyEvenlyAreNearlyAllWrittenByTheBarrier() {
        int dirty = 0;
        int atHalfTime = 0;
        for (int look = 1; look <= 1_000; look++) {
            dirty += 1_000;
            dirty -= pace.rowsToWrite(dirty, look * SECOND / 100);
            atHalfTime = look == 500 ? dirty : atHalfTime;
        }
        assertThat(atHalfTime).isGreaterThan(300_000);
        assertThat(dirty).isLessThan(KEPT + 20_000);
    }

    @Test
    void rowsThatWereDirtyFromTheStartAreWrittenInEvenSteps() {
        int dirty = 500_000;
        for (int look = 1; look <= 500; look++) {
            dirty -= pace.rowsToWrite(dirty, look * SECOND / 100);
        }
        assertThat(dirty).isBetween(240_000, 280_000);
    }

    @Test
    void aLateBarrierFindsNoMoreThanOneInTime() {
        int dirty = 0;
        for (int look = 1; look <= 3_000; look++) {
            dirty += 1_000;
            dirty -= pace.rowsToWrite(dirty, look * SECOND / 100);
        }
        assertThat(dirty).isLessThan(KEPT + 2_000);
    }

    @Test
    void noCallIsHeldUpByAMillionRows() {
        assertThat(pace.rowsToWrite(1_000_000, 11 * SECOND)).isEqualTo(16_384);
        assertThat(pace.rowsToWrite(1_000_000, 12 * SECOND)).isEqualTo(16_384);
    }

    @Test
    void afterABarrierTheTimeCountsAnew() {
        pace.rowsToWrite(400_000, 9 * SECOND);
        pace.barrier(10 * SECOND);
        assertThat(pace.rowsToWrite(220_000, 10 * SECOND + SECOND / 10)).isBetween(1_900, 2_100);
    }
}
