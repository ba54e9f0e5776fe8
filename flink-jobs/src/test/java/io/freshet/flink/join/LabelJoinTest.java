package io.freshet.flink.join;

import static io.freshet.flink.join.Events.action;
import static io.freshet.flink.join.Events.impression;
import static io.freshet.flink.join.Events.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.flink.deadletter.Reason;
import io.freshet.flink.join.JoinState.Emitted;
import io.freshet.flink.join.JoinState.Held;
import io.freshet.flink.join.JoinState.Waiting;
import io.freshet.flink.join.Step.Drop;
import io.freshet.flink.source.SourceEvent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** One task, window 100 ms, the impression at 1000, unless a class says otherwise. */
class LabelJoinTest {
    private static final long NO_TIME_YET = Long.MIN_VALUE;
    private static final Optional<JoinState> UNKNOWN = Optional.empty();
    private static final LabelJoin JOIN = new LabelJoin(List.of(task("like", "like", 100)), 1);
    private static final SourceEvent SHOWN = impression("i", 1000);

    private static Step after(Step before, SourceEvent event, String action, long watermark) {
        return JOIN.onAction(before.keep(), event, new Acted(action, 1), watermark);
    }

    private static Step like(Optional<JoinState> before, long timeMs, long watermark) {
        return JOIN.onAction(before, action("i", "like", timeMs), new Acted("like", 1), watermark);
    }

    private static List<String> originals(Step step) {
        return step.dropped().stream()
                .map(drop -> drop.letter().orElseThrow().getOriginal().toStringUtf8())
                .toList();
    }

    private static List<Reason> reasons(Step step) {
        return step.dropped().stream().map(Drop::reason).toList();
    }

    private static Waiting completed(Step step) {
        return step.completed().orElseThrow().shown();
    }

    @Test
    void onlyActionsOfATaskConcernTheJoin() {
        assertThat(JOIN.concerns("like")).isTrue();
        assertThat(JOIN.concerns("share")).isFalse();
    }

    @Nested
    class WhenNothingIsKnown {
        @Test
        void anImpressionWaitsUntilItsWindowCloses() {
            Step step = JOIN.onImpression(UNKNOWN, SHOWN, NO_TIME_YET);

            assertThat(step.keep()).containsInstanceOf(Waiting.class);
            assertThat(step.completed()).isEmpty();
            assertThat(step.dropped()).isEmpty();
            assertThat(step.wakeAtMs()).hasValue(1100);
        }

        @Test
        void anImpressionWhoseWindowIsOpenForOneMoreMillisecondIsNotLate() {
            assertThat(JOIN.onImpression(UNKNOWN, SHOWN, 1099).keep()).containsInstanceOf(Waiting.class);
        }

        @Test
        void anImpressionWhoseWindowHasClosedIsLate() {
            Step step = JOIN.onImpression(UNKNOWN, SHOWN, 1100);

            assertThat(reasons(step)).containsExactly(Reason.IMPRESSION_LATE);
            assertThat(step.keep()).isEmpty();
            assertThat(step.wakeAtMs()).isEmpty();
        }

        @Test
        void anActionIsHeldForItsImpression() {
            Step step = like(UNKNOWN, 1050, NO_TIME_YET);

            assertThat(step.keep()).containsInstanceOf(Held.class);
            assertThat(step.joinedActions()).isZero();
            assertThat(step.dropped()).isEmpty();
            assertThat(step.wakeAtMs()).hasValue(1150);
        }

        @Test
        void anActionAllOfWhoseImpressionsWouldBeLateIsLate() {
            assertThat(like(UNKNOWN, 1050, 1149).keep()).containsInstanceOf(Held.class);
            assertThat(reasons(like(UNKNOWN, 1050, 1150))).containsExactly(Reason.ACTION_LATE);
            assertThat(like(UNKNOWN, 1050, 1150).keep()).isEmpty();
        }
    }

    @Nested
    class WhileWaiting {
        private final Step waiting = JOIN.onImpression(UNKNOWN, SHOWN, NO_TIME_YET);

        @Test
        void anActionCompletesAPositiveWhenEventTimeReachesIt() {
            Step labelled = like(waiting.keep(), 1050, 900);

            assertThat(labelled.joinedActions()).isOne();
            assertThat(labelled.completed()).isEmpty();
            assertThat(labelled.keep().orElseThrow().waitingImpressions()).isOne();
            assertThat(labelled.wakeAtMs()).hasValue(1050);

            Step step = JOIN.onTime(labelled.keep().orElseThrow(), 1050);

            assertThat(completed(step).positives()).containsExactly("like");
            assertThat(step.completed().orElseThrow().weight()).isEqualTo(1);
            assertThat(step.completed().orElseThrow().byWindow()).isFalse();
            assertThat(step.keep()).contains(new Emitted(1000, List.of("like")));
            assertThat(step.wakeAtMs()).hasValue(1200);
        }

        @Test
        void aLabelIsNeverUsedBeforeItsEventTime() {
            Step labelled = like(waiting.keep(), 1050, 1049);
            Step early = JOIN.onTime(labelled.keep().orElseThrow(), 1049);

            assertThat(labelled.completed()).isEmpty();
            assertThat(early.completed()).isEmpty();
            assertThat(early.keep()).isEqualTo(labelled.keep());
            assertThat(early.wakeAtMs()).hasValue(1050);
        }

        @Test
        void anActionThatEventTimeHasReachedAlreadyCompletesAPositiveAtOnce() {
            Step step = like(waiting.keep(), 1050, 1050);

            assertThat(completed(step).positives()).containsExactly("like");
            assertThat(step.completed().orElseThrow().byWindow()).isFalse();
            assertThat(step.joinedActions()).isOne();
            assertThat(step.keep()).contains(new Emitted(1000, List.of("like")));
        }

        @Test
        void anotherActionBeforeTheExampleIsOutIsADuplicate() {
            Step labelled = like(waiting.keep(), 1050, 900);
            Step again = like(labelled.keep(), 1060, 900);

            assertThat(reasons(again)).containsExactly(Reason.ACTION_DUPLICATE);
            assertThat(again.keep()).isEqualTo(labelled.keep());
        }

        @Test
        void anActionThatWasDoneBeforeTheOneOfTheLabelTakesItsPlace() {
            Step labelled = like(waiting.keep(), 1050, 900);
            Step earlier = like(labelled.keep(), 1040, 900);

            assertThat(reasons(earlier)).containsExactly(Reason.ACTION_DUPLICATE);
            assertThat(originals(earlier)).containsExactly("actions i@1050");
            assertThat(earlier.joinedActions()).as("one instead of one").isZero();
            assertThat(earlier.wakeAtMs()).hasValue(1040);
            assertThat(completed(JOIN.onTime(earlier.keep().orElseThrow(), 1040))
                            .positives())
                    .containsExactly("like");
        }

        @Test
        void thePositiveIsDatedByTheNewestOfItsEvents() {
            SourceEvent early = Events.at(action("i", "like", 1050), 9, 5);
            SourceEvent late = Events.at(action("i", "like", 1050), 9, 9_000_000);

            assertThat(completed(after(waiting, early, "like", 1050)).newestKafkaMs())
                    .isEqualTo(1000 + Events.KAFKA_AHEAD_MS);
            assertThat(completed(after(waiting, late, "like", 1050)).newestKafkaMs())
                    .isEqualTo(9_000_000);
        }

        @Test
        void bothEndsOfTheWindowBelongToIt() {
            assertThat(like(waiting.keep(), 1000, 900).joinedActions()).isOne();
            assertThat(like(waiting.keep(), 1100, 1099).joinedActions()).isOne();
        }

        @Test
        void anActionBeforeTheImpressionIsNoLabel() {
            Step step = like(waiting.keep(), 999, 900);

            assertThat(reasons(step)).containsExactly(Reason.ACTION_BEFORE_IMPRESSION);
            assertThat(step.keep()).isEqualTo(waiting.keep());
        }

        @Test
        void anActionAfterTheWindowIsNoLabelAndOnlyTheWatermarkClosesTheWindow() {
            Step step = like(waiting.keep(), 1101, 900);

            assertThat(reasons(step)).containsExactly(Reason.ACTION_AFTER_WINDOW);
            assertThat(step.keep()).isEqualTo(waiting.keep());
            assertThat(step.completed()).isEmpty();
        }

        @Test
        void aSecondImpressionIsADuplicate() {
            Step step = JOIN.onImpression(waiting.keep(), impression("i", 1020), 900);

            assertThat(reasons(step)).containsExactly(Reason.IMPRESSION_DUPLICATE);
            assertThat(step.keep()).isEqualTo(waiting.keep());
        }

        @Test
        void theCloseOfTheWindowCompletesANegative() {
            Step step = JOIN.onTime(waiting.keep().orElseThrow(), 1100);

            assertThat(completed(step).positives()).isEmpty();
            assertThat(step.completed().orElseThrow().byWindow()).isTrue();
            assertThat(step.keep()).contains(new Emitted(1000, List.of()));
            assertThat(step.wakeAtMs()).hasValue(1200);
        }

        @Test
        void wokenTooEarlyItGoesOnWaiting() {
            Step step = JOIN.onTime(waiting.keep().orElseThrow(), 1099);

            assertThat(step.keep()).isEqualTo(waiting.keep());
            assertThat(step.completed()).isEmpty();
            assertThat(step.wakeAtMs()).hasValue(1100);
        }

        @Test
        void aDroppedActionTakesItsPlaceAndOriginalBytesAlong() {
            SourceEvent event = Events.at(action("i", "like", 1101), 4711, 5);

            Drop drop = after(waiting, event, "like", 900).dropped().get(0);

            assertThat(drop.letter()).hasValueSatisfying(letter -> {
                assertThat(letter.getReason()).isEqualTo("action_after_window");
                assertThat(letter.getTopic()).isEqualTo("actions");
                assertThat(letter.getPartition()).isEqualTo(2);
                assertThat(letter.getOffset()).isEqualTo(4711);
                assertThat(letter.getKafkaTimeMs()).isEqualTo(5);
                assertThat(letter.getOriginal().toStringUtf8()).isEqualTo("actions i@1101");
                assertThat(letter.getDetail()).contains("1101").contains("101 ms after its impression");
            });
        }
    }

    @Nested
    class WhileActionsAreHeld {
        private final Step held = like(UNKNOWN, 1050, NO_TIME_YET);

        @Test
        void theImpressionWaitsUntilEventTimeReachesTheAction() {
            Step shown = JOIN.onImpression(held.keep(), SHOWN, 1049);

            assertThat(shown.joinedActions()).isOne();
            assertThat(shown.completed()).isEmpty();
            assertThat(shown.wakeAtMs()).hasValue(1050);
            assertThat(completed(JOIN.onTime(shown.keep().orElseThrow(), 1050)).positives())
                    .containsExactly("like");
        }

        @Test
        void theImpressionCompletesAPositiveAtOnceWhenEventTimeHasReachedTheAction() {
            Step step = JOIN.onImpression(held.keep(), Events.at(SHOWN, 1, 9_000_000), 1050);

            assertThat(completed(step).positives()).containsExactly("like");
            assertThat(completed(step).newestKafkaMs()).isEqualTo(9_000_000);
            assertThat(step.completed().orElseThrow().byWindow()).isFalse();
            assertThat(step.joinedActions()).isOne();
            assertThat(step.keep()).contains(new Emitted(1000, List.of("like")));
        }

        @Test
        void anActionBeforeTheImpressionTurnsOutToBeNoLabel() {
            Step step = JOIN.onImpression(held.keep(), impression("i", 1051), 900);

            assertThat(reasons(step)).containsExactly(Reason.ACTION_BEFORE_IMPRESSION);
            assertThat(step.dropped()
                            .get(0)
                            .letter()
                            .orElseThrow()
                            .getOriginal()
                            .toStringUtf8())
                    .isEqualTo("actions i@1050");
            assertThat(step.keep()).containsInstanceOf(Waiting.class);
        }

        @Test
        void anActionAfterTheWindowTurnsOutToBeNoLabel() {
            Step step = JOIN.onImpression(held.keep(), impression("i", 949), 900);

            assertThat(reasons(step)).containsExactly(Reason.ACTION_AFTER_WINDOW);
            assertThat(step.keep()).containsInstanceOf(Waiting.class);
            // Held until 1150, but the window closes at 1049.
            assertThat(step.wakeAtMs()).hasValue(1049);
        }

        @Test
        void aLateImpressionIsLateAndTheActionGoesOnWaiting() {
            Step step = JOIN.onImpression(held.keep(), SHOWN, 1100);

            assertThat(reasons(step)).containsExactly(Reason.IMPRESSION_LATE);
            assertThat(step.keep()).isEqualTo(held.keep());
        }

        @Test
        void ofSeveralOfThatNameTheFirstInEventTimeIsTheLabel() {
            Step later = like(like(held.keep(), 1060, 900).keep(), 1040, 900);

            assertThat(later.keep().orElseThrow().waitingActions()).isEqualTo(3);
            assertThat(later.wakeAtMs()).hasValue(1140);
            Step shown = JOIN.onImpression(later.keep(), SHOWN, 900);
            assertThat(reasons(shown)).containsExactly(Reason.ACTION_DUPLICATE, Reason.ACTION_DUPLICATE);
            assertThat(originals(shown)).containsExactly("actions i@1050", "actions i@1060");
            assertThat(shown.joinedActions()).isOne();
            assertThat(shown.wakeAtMs()).hasValue(1040);
        }

        @Test
        void oneBeforeTheImpressionDoesNotKeepTheNextFromBeingItsLabel() {
            Step both = like(like(UNKNOWN, 990, NO_TIME_YET).keep(), 1050, NO_TIME_YET);
            Step shown = JOIN.onImpression(both.keep(), SHOWN, 900);

            assertThat(reasons(shown)).containsExactly(Reason.ACTION_BEFORE_IMPRESSION);
            assertThat(((Waiting) shown.keep().orElseThrow()).positives()).containsExactly("like");
        }

        @Test
        void theFirstEightOfANameAreKept() {
            Step step = held;
            for (long timeMs = 1049; timeMs > 1042; timeMs--) {
                step = like(step.keep(), timeMs, 900);
                assertThat(step.dropped()).isEmpty();
            }
            Step later = like(step.keep(), 1051, 900);
            assertThat(originals(later)).containsExactly("actions i@1051");
            assertThat(later.keep()).isEqualTo(step.keep());
            Step earlier = like(step.keep(), 1042, 900);
            assertThat(reasons(earlier)).containsExactly(Reason.ACTION_DUPLICATE);
            assertThat(originals(earlier)).containsExactly("actions i@1050");
            assertThat(earlier.keep().orElseThrow().waitingActions()).isEqualTo(8);
        }

        @Test
        void withoutAnImpressionItIsGivenUpWhenAnyWouldBeLate() {
            assertThat(JOIN.onTime(held.keep().orElseThrow(), 1149).keep()).isEqualTo(held.keep());

            Step step = JOIN.onTime(held.keep().orElseThrow(), 1150);

            assertThat(reasons(step)).containsExactly(Reason.ACTION_WITHOUT_IMPRESSION);
            assertThat(step.keep()).isEmpty();
            assertThat(step.wakeAtMs()).isEmpty();
        }
    }

    @Nested
    class OnceEmitted {
        private final Optional<JoinState> positive = Optional.of(new Emitted(1000, List.of("like")));
        private final Optional<JoinState> negative = Optional.of(new Emitted(1000, List.of()));

        @Test
        void anotherImpressionIsADuplicate() {
            assertThat(reasons(JOIN.onImpression(positive, SHOWN, 1199))).containsExactly(Reason.IMPRESSION_DUPLICATE);
        }

        @Test
        void anActionInTheWindowOfAPositiveIsADuplicate() {
            assertThat(reasons(like(positive, 1060, 1199))).containsExactly(Reason.ACTION_DUPLICATE);
        }

        @Test
        void anActionInTheWindowOfANegativeIsLate() {
            assertThat(reasons(like(negative, 1060, 1199))).containsExactly(Reason.ACTION_LATE);
        }

        @Test
        void anActionOutsideTheWindowIsToldApart() {
            assertThat(reasons(like(negative, 999, 1199))).containsExactly(Reason.ACTION_BEFORE_IMPRESSION);
            assertThat(reasons(like(positive, 1101, 1199))).containsExactly(Reason.ACTION_AFTER_WINDOW);
        }

        @Test
        void theIdIsForgottenAfterTwoWindows() {
            assertThat(JOIN.onTime(positive.orElseThrow(), 1199).keep()).isEqualTo(positive);
            assertThat(JOIN.onTime(positive.orElseThrow(), 1199).wakeAtMs()).hasValue(1200);
            assertThat(JOIN.onTime(positive.orElseThrow(), 1200).keep()).isEmpty();
        }
    }

    @Nested
    class Timers {
        @Test
        void aPositiveThatLeavesAtOnceAsksForNoTimerSinceThatOfItsWindowStillComes() {
            Step waiting = JOIN.onImpression(UNKNOWN, SHOWN, NO_TIME_YET);

            Step emitted = like(waiting.keep(), 1050, 1060);
            Step woken = JOIN.onTime(emitted.keep().orElseThrow(), 1100);

            assertThat(emitted.wakeAtMs()).isEmpty();
            assertThat(woken.keep()).isEqualTo(emitted.keep());
            assertThat(woken.wakeAtMs()).hasValue(1200);
        }

        @Test
        void aDroppedEventAsksForNone() {
            Step waiting = JOIN.onImpression(UNKNOWN, SHOWN, NO_TIME_YET);

            assertThat(like(waiting.keep(), 2000, 900).wakeAtMs()).isEqualTo(OptionalLong.empty());
        }
    }

    /** A click within 50 ms, a purchase within 200 ms, and a quick click within 10 ms. */
    @Nested
    class WithSeveralTasks {
        private final LabelJoin join = new LabelJoin(
                List.of(task("click", "click", 50), task("buy", "buy", 200), task("quick", "click", 10)), 1);
        private final Step waiting = join.onImpression(UNKNOWN, SHOWN, NO_TIME_YET);

        private Step on(Optional<JoinState> before, String name, long timeMs, long watermark) {
            return join.onAction(before, action("i", name, timeMs), new Acted(name, 1), watermark);
        }

        @Test
        void theExampleWaitsForTheTaskThatIsOpenLongest() {
            assertThat(waiting.wakeAtMs()).hasValue(1200);
            assertThat(join.onTime(waiting.keep().orElseThrow(), 1199).completed())
                    .isEmpty();
            assertThat(join.onTime(waiting.keep().orElseThrow(), 1200).completed())
                    .isPresent();
        }

        @Test
        void onceTheLongestIsPositiveItWaitsForTheNextOnly() {
            Step bought = on(waiting.keep(), "buy", 1020, 900);

            assertThat(bought.completed()).isEmpty();
            assertThat(bought.joinedActions()).isOne();
            assertThat(bought.wakeAtMs()).hasValue(1050);
            assertThat(completed(join.onTime(bought.keep().orElseThrow(), 1050)).positives())
                    .containsExactly("buy");
        }

        @Test
        void theNewestActionThatMakesALabelCompletesTheExample() {
            Step bought = on(waiting.keep(), "buy", 1100, 900);
            Step clicked = on(bought.keep(), "click", 1005, 900);

            assertThat(clicked.completed()).isEmpty();
            assertThat(join.onTime(clicked.keep().orElseThrow(), 1099).completed())
                    .isEmpty();
            Step complete = join.onTime(clicked.keep().orElseThrow(), 1100);
            assertThat(completed(complete).positives()).containsExactly("buy", "click", "quick");
            assertThat(complete.completed().orElseThrow().byWindow()).isFalse();
        }

        @Test
        void anActionLaterThanTheLastOpenWindowCompletesTheExample() {
            Step bought = on(waiting.keep(), "buy", 1100, 900);
            Step complete = join.onTime(bought.keep().orElseThrow(), 1100);

            assertThat(bought.wakeAtMs()).hasValue(1100);
            assertThat(completed(complete).positives()).containsExactly("buy");
            assertThat(complete.completed().orElseThrow().byWindow()).isFalse();
        }

        @Test
        void aWindowThatClosesAfterTheNewestActionCompletesTheExample() {
            Step bought = on(waiting.keep(), "buy", 1020, 900);
            Step complete = join.onTime(bought.keep().orElseThrow(), 1050);

            assertThat(complete.completed().orElseThrow().byWindow()).isTrue();
        }

        @Test
        void oneActionMayLabelSeveralTasksAndCountsOnce() {
            Step clicked = on(waiting.keep(), "click", 1010, 900);

            assertThat(((Waiting) clicked.keep().orElseThrow()).positives()).containsExactly("click", "quick");
            assertThat(clicked.joinedActions()).isOne();
        }

        @Test
        void aSecondActionMayLabelATaskThatTheFirstCameTooLateFor() {
            Step first = on(waiting.keep(), "click", 1030, 900);
            Step second = on(first.keep(), "click", 1005, 900);
            Step third = on(second.keep(), "click", 1004, 900);

            assertThat(((Waiting) second.keep().orElseThrow()).positives()).containsExactly("click", "quick");
            assertThat(reasons(third)).containsExactly(Reason.ACTION_DUPLICATE);
        }

        @Test
        void anActionInItsWindowCountsAsLongAsTheExampleIsNotOut() {
            Step clicked = on(waiting.keep(), "click", 1030, 1150);

            assertThat(clicked.joinedActions()).isOne();
        }

        @Test
        void heldActionsOfAllNamesBecomeLabelsTogether() {
            Step click = on(UNKNOWN, "click", 1005, NO_TIME_YET);
            Step both = on(click.keep(), "buy", 1020, NO_TIME_YET);
            Step shown = join.onImpression(both.keep(), SHOWN, 1020);

            assertThat(both.keep().orElseThrow().waitingActions()).isEqualTo(2);
            assertThat(shown.joinedActions()).isEqualTo(2);
            assertThat(completed(shown).positives()).containsExactlyInAnyOrder("click", "buy", "quick");
        }

        @Test
        void heldActionsAreGivenUpOneByOne() {
            Step click = on(UNKNOWN, "click", 1005, NO_TIME_YET);
            Step both = on(click.keep(), "buy", 1020, NO_TIME_YET);
            Step expired = join.onTime(both.keep().orElseThrow(), 1205);

            assertThat(reasons(expired)).containsExactly(Reason.ACTION_WITHOUT_IMPRESSION);
            assertThat(expired.keep().orElseThrow().waitingActions()).isOne();
            assertThat(expired.wakeAtMs()).hasValue(1220);
        }
    }

    @Nested
    class WithNegativeSampling {
        private final LabelJoin join = new LabelJoin(List.of(task("like", "like", 100)), 0.25);

        private Step negative(String id) {
            return join.onTime(
                    join.onImpression(UNKNOWN, impression(id, 1000), NO_TIME_YET)
                            .keep()
                            .orElseThrow(),
                    1100);
        }

        @Test
        void aQuarterOfTheNegativesIsKeptAndWeighsFourTimes() {
            int kept = 0;
            for (int i = 0; i < 10_000; i++) {
                Step step = negative("id-" + i);
                assertThat(step.completed().isPresent())
                        .isNotEqualTo(reasons(step).equals(List.of(Reason.NEGATIVE_SAMPLED_OUT)));
                if (step.completed().isPresent()) {
                    assertThat(step.completed().get().weight()).isEqualTo(4);
                    kept++;
                }
            }
            assertThat(kept).isBetween(2300, 2700); // 2500 +- 4.6 standard deviations
        }

        @Test
        void everyPositiveIsKeptAndWeighsOne() {
            for (int i = 0; i < 100; i++) {
                Step waiting = join.onImpression(UNKNOWN, impression("id-" + i, 1000), NO_TIME_YET);
                Step step = join.onAction(waiting.keep(), action("id-" + i, "like", 1001), new Acted("like", 1), 1001);
                assertThat(step.completed().orElseThrow().weight()).isEqualTo(1);
            }
        }

        @Test
        void oneThatIsLeftOutIsCountedNotSetAsideAndStillKnown() {
            int i = 0;
            while (negative("id-" + i).completed().isPresent()) {
                i++;
            }
            Step step = negative("id-" + i);

            assertThat(step.dropped()).containsExactly(new Drop(Reason.NEGATIVE_SAMPLED_OUT, Optional.empty()));
            assertThat(step.keep()).contains(new Emitted(1000, List.of()));
        }
    }
}
