package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadTest {
    private static final long MILLISECOND = 1_000_000L;

    private final Lead lead = new Lead();

    @Test
    void someEventsMayWaitBeforeTheSpeedOfTheJobIsKnown() {
        assertThat(lead.allows(199, 199, 1)).isTrue();
        assertThat(lead.allows(200, 200, 1)).isFalse();
    }

    @Test
    void fastJobIsKeptBusyWithHalfASecondOfWork() {
        assertThat(waitingAllowedByAJobOf(10_000)).isBetween(4_500L, 5_000L);
    }

    @Test
    void eventsDoNotPileUpBeforeASlowJob() {
        assertThat(waitingAllowedByAJobOf(100)).isEqualTo(Lead.LEAST);
    }

    @Test
    void jobThatSlowsDownIsGivenLess() {
        long handled = run(10_000, 0, 0);
        run(1_000, handled, 10_000);
        assertThat(lead.allows(handled + 10_000 + 600, 600, 20_001 * MILLISECOND))
                .isFalse();
        assertThat(lead.allows(handled + 10_000 + 400, 400, 20_002 * MILLISECOND))
                .isTrue();
    }

    private long waitingAllowedByAJobOf(long perSecond) {
        long handled = run(perSecond, 0, 0);
        long waiting = 0;
        while (lead.allows(handled + waiting, waiting, 10_000 * MILLISECOND)) {
            waiting++;
        }
        return waiting;
    }

    /** Ten seconds of a steady job; returns what it has handled. */
    private long run(long perSecond, long handledBefore, long startMs) {
        long handled = handledBefore;
        for (long ms = 1; ms < 10_000; ms++) {
            handled = handledBefore + perSecond * ms / 1_000;
            lead.allows(handled + 50, 50, (startMs + ms) * MILLISECOND);
        }
        return handled;
    }
}
