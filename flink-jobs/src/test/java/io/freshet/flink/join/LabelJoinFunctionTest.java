package io.freshet.flink.join;

import static io.freshet.flink.join.Events.KAFKA_AHEAD_MS;
import static io.freshet.flink.join.Events.action;
import static io.freshet.flink.join.Events.impression;
import static io.freshet.flink.join.Events.malformed;
import static io.freshet.flink.join.Events.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.event.proto.Label;
import io.freshet.flink.deadletter.Reason;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The join operator in Flink's harness: state, timers, watermarks, restarts. One task, window 100 ms. */
class LabelJoinFunctionTest {
    private JoinHarness join;

    @BeforeEach
    void open() throws Exception {
        join = new JoinHarness(List.of(task("like", "like", 100)), 1);
    }

    @AfterEach
    void close() throws Exception {
        join.close();
    }

    private long count(String name) {
        return join.counts().get(name);
    }

    @Test
    void aPositiveGoesOutWhenBothTopicsHaveReachedItsAction() throws Exception {
        join.impression(impression("i", 1000));
        join.action(action("i", "like", 1050));
        join.impression(impression("other", 1400));
        join.watermarkOfImpressions(1051);
        join.watermark(1049);
        assertThat(join.drain().examples()).isEmpty();
        assertThat(count("waiting")).isEqualTo(2);

        join.watermark(1050);

        assertThat(join.drain().examples())
                .containsExactly(Example.newBuilder()
                        .setImpressionId("i")
                        .setTimeMs(1000)
                        .putAllFeatures(
                                Impression.parseFrom(impression("i", 1000).payload())
                                        .getFeaturesMap())
                        .addLabels(Label.newBuilder().setTask("like").setValue(1))
                        .setWeight(1)
                        .setCompletedAtMs(1050 + KAFKA_AHEAD_MS)
                        .build());
        assertThat(count("positives")).isOne();
        assertThat(count("joinedActions")).isOne();
        assertThat(count("waiting")).isOne();
    }

    @Test
    void anIdWokenByAnOldWishDoesNotLeaveBeforeThoseThatAreCompleteEarlier() throws Exception {
        join.action(action("woken", "like", 1050)); // Asks to be woken at 1150, for which its impression is too late.
        join.impression(impression("woken", 1140));
        join.impression(impression("earlier", 1080));

        join.watermark(Long.MAX_VALUE);

        assertThat(join.drain().examples()).extracting(Example::getImpressionId).containsExactly("earlier", "woken");
        assertThat(join.statesHeld() + join.timers()).isZero();
    }

    @Test
    void aNegativeGoesOutWhenBothTopicsHavePassedItsWindow() throws Exception {
        join.impression(impression("i", 1000));
        join.watermarkOfImpressions(5000);
        join.watermark(1099);
        assertThat(join.drain().examples()).isEmpty();

        join.watermark(1100);

        List<Example> examples = join.drain().examples();
        assertThat(examples).hasSize(1);
        assertThat(examples.get(0).getLabels(0).getValue()).isZero();
    }

    @Test
    void aNegativeIsDatedByTheNewestMessageThatHasComeBy() throws Exception {
        join.impression(impression("i", 1000));
        join.impression(impression("other", 1400));
        join.watermark(1100);

        assertThat(join.drain().examples().get(0).getCompletedAtMs()).isEqualTo(1400 + KAFKA_AHEAD_MS);
    }

    @Test
    void malformedEventsAreCountedAndSetAsideAsTheyAre() throws Exception {
        join.impression(malformed(Reason.IMPRESSION_FROM_FUTURE, "impressions", 17));
        join.action(malformed(Reason.ACTION_MALFORMED, "actions", 18));

        List<DeadLetter> letters = join.drain().deadLetters();
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsExactly("impression_from_future", "action_malformed");
        assertThat(letters.get(0).getOriginal().toStringUtf8()).isEqualTo("{broken");
        assertThat(letters.get(0).getDetail()).isEqualTo("it is broken");
        assertThat(letters.get(1).getTopic()).isEqualTo("actions");
        assertThat(letters.get(1).getPartition()).isEqualTo(3);
        assertThat(letters.get(1).getOffset()).isEqualTo(18);
        assertThat(letters.get(1).getKafkaTimeMs()).isEqualTo(77);
        assertThat(count("impressions")).isOne();
        assertThat(count("dropped.impression_from_future")).isOne();
        assertThat(count("actions")).isOne();
        assertThat(count("dropped.action_malformed")).isOne();
    }

    @Test
    void anActionOfNoTaskIsCountedOnly() throws Exception {
        join.action(action("i", "share", 1000));

        assertThat(join.drain().deadLetters()).isEmpty();
        assertThat(count("dropped.action_of_no_task")).isOne();
        assertThat(join.statesHeld()).isZero();
    }

    @Test
    void anIdHasATimerPerMomentItMayChangeAtAndLeavesNothingBehind() throws Exception {
        join.impression(impression("positive", 1000));
        join.action(action("positive", "like", 1050));
        join.impression(impression("negative", 1000));
        join.action(action("orphan", "like", 1050));
        assertThat(join.timers()).isEqualTo(4); // The positive's at its action, too.

        join.watermark(1150);
        assertThat(join.timers()).isEqualTo(2);
        assertThat(join.statesHeld()).isEqualTo(2);

        join.watermark(1200);
        assertThat(join.timers()).isZero();
        assertThat(join.statesHeld()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void atTheEndOfInputAllWindowsClose(boolean sourcesAreIdle) throws Exception {
        join.impression(impression("i", 1000));
        join.action(action("orphan", "like", 1050));

        if (!sourcesAreIdle) {
            join.watermark(Long.MAX_VALUE); // Gets lost when they are.
        }
        join.endInputs();

        JoinHarness.Output output = join.drain();
        assertThat(output.examples()).extracting(Example::getImpressionId).containsExactly("i");
        assertThat(output.deadLetters()).extracting(DeadLetter::getReason).containsExactly("action_without_impression");
        assertThat(count("waiting")).isZero();
        assertThat(count("waitingActions")).isZero();
        assertThat(join.statesHeld()).isZero();
        assertThat(join.timers()).isZero();
    }

    @Test
    void afterTheMarkOfAnIdHasGoneItsEventsAreLate() throws Exception {
        join.impression(impression("i", 1000));
        join.watermark(1200);
        join.drain();

        join.impression(impression("i", 1000));
        join.action(action("i", "like", 1050));

        assertThat(join.drain().deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("impression_late", "action_late");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "3, 1", "3, 2", "2, 4"})
    void aRestartAtAnyParallelismLosesNothing(int before, int after) throws Exception {
        join.restart(before);
        for (int i = 0; i < 60; i++) {
            join.impression(impression("i-" + i, 1000));
            join.action(action("orphan-" + i, "like", 1050));
            join.action(malformed(Reason.ACTION_MALFORMED, "actions", i));
        }
        for (int i = 0; i < 20; i++) {
            join.action(action("i-" + i, "like", 1010));
        }
        assertThat(join.drain().examples()).isEmpty();
        join.watermark(1010);
        assertThat(join.drain().examples()).hasSize(20);

        join.restart(after);

        assertThat(count("impressions")).isEqualTo(60);
        assertThat(count("actions")).isEqualTo(140);
        assertThat(count("examples")).isEqualTo(20);
        assertThat(count("waiting")).isEqualTo(40);
        assertThat(count("waitingActions")).isEqualTo(60);
        assertThat(count("dropped.action_malformed")).isEqualTo(60);

        for (int i = 0; i < 40; i++) {
            join.action(action("i-" + i, "like", 1020)); // The first 20 have their label already.
        }
        join.watermark(Long.MAX_VALUE);

        JoinHarness.Output output = join.drain();
        assertThat(output.examples()).hasSize(40);
        assertThat(output.deadLetters()).hasSize(20 + 60);
        assertThat(count("examples")).isEqualTo(60);
        assertThat(count("positives")).isEqualTo(40);
        assertThat(count("dropped.action_duplicate")).isEqualTo(20);
        assertThat(count("dropped.action_without_impression")).isEqualTo(60);
        assertThat(count("waiting")).isZero();
        assertThat(count("waitingActions")).isZero();
    }

    @Test
    void beforeTheFirstEventAllCountersStandAtZero() {
        assertThat(join.counts()).containsEntry("dropped.impression_late", 0L).containsEntry("examples", 0L);
        assertThat(join.counts().values()).containsOnly(0L);
    }
}
