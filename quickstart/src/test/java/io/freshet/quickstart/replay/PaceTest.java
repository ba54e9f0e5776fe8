package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void steadyPaceSpacesImpressionsEvenlyAndSendsActionsWithThem() {
        Pace pace = Pace.parse("4/s");
        assertThat(pace.dueNanos(impression(1), 0)).isZero();
        assertThat(pace.dueNanos(impression(2), 0)).isEqualTo(SECOND / 4);
        assertThat(pace.dueNanos(action(2), 0)).isEqualTo(SECOND / 2);
        assertThat(pace.dueNanos(impression(3), 0)).isEqualTo(SECOND / 2);
    }

    @Test
    void steadyPaceDoesNotMakeGoodALongHoldUpInABurst() {
        Pace pace = Pace.parse("1000/s");
        pace.dueNanos(impression(1), 0);
        long now = 60 * SECOND;
        int atOnce = 0;
        while (pace.dueNanos(impression(2), now) <= now) {
            atOnce++;
        }
        assertThat(atOnce).isBetween(90, 110);
    }

    @Test
    void sixtyTimesAsFastTurnsAMinuteIntoASecond() {
        Pace pace = Pace.parse("60x");
        assertThat(pace.dueNanos(impression(1_000_000), 5)).isEqualTo(5);
        assertThat(pace.dueNanos(impression(1_060_000), 5)).isEqualTo(5 + SECOND);
    }

    @Test
    void eventOutOfOrderIsDueWithTheOneBeforeIt() {
        Pace pace = Pace.parse("60x");
        pace.dueNanos(impression(1_000_000), 0);
        long due = pace.dueNanos(impression(1_060_000), 0);
        assertThat(pace.dueNanos(action(1_000_500), 0)).isEqualTo(due);
    }

    @Test
    void longSilenceIsCutToAMinute() {
        Pace pace = Pace.parse("60x");
        pace.dueNanos(impression(1), 0);
        assertThat(pace.dueNanos(impression(1_700_000_000_000L), 0)).isEqualTo(60 * SECOND);
    }

    @Test
    void maxIsAlwaysDue() {
        Pace pace = Pace.parse("max");
        assertThat(pace.dueNanos(impression(99), 7)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "0/s", "-1/s", "2000", "60 x", "1e3/s", "NaNx"})
    void anythingElseIsRefusedWithTheFormsThatAreKnown(String speed) {
        assertThatThrownBy(() -> Pace.parse(speed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + speed + "'")
                .hasMessageContaining("2000/s")
                .hasMessageContaining("60x")
                .hasMessageContaining("max");
    }

    private static TrafficEvent impression(long timeMs) {
        return new TrafficEvent(TrafficEvent.Kind.IMPRESSION, timeMs, new byte[0]);
    }

    private static TrafficEvent action(long timeMs) {
        return new TrafficEvent(TrafficEvent.Kind.ACTION, timeMs, new byte[0]);
    }
}
