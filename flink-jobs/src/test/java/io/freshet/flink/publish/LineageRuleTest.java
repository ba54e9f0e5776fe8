package io.freshet.flink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineageRuleTest {
    private static final VersionPosition RESTORED = new VersionPosition("a", 7, 12);

    @Test
    void restoredAtTheNewestVersionItGoesOn() {
        assertThat(LineageRule.goOn(RESTORED, "", Optional.of(RESTORED))).isEqualTo(RESTORED);
    }

    @Test
    void theVersionOfTheRestoredCheckpointMayStillBeUncommitted() {
        assertThat(LineageRule.goOn(RESTORED, "", Optional.of(new VersionPosition("a", 6, 11))))
                .isEqualTo(RESTORED);
        assertThat(LineageRule.goOn(new VersionPosition("a", 1, 1), "", Optional.empty()))
                .isEqualTo(new VersionPosition("a", 1, 1));
    }

    @Test
    void restoredFromAnOlderSavepointItBeginsALineage() {
        VersionPosition position = LineageRule.goOn(RESTORED, "", Optional.of(new VersionPosition("a", 8, 13)));
        assertThat(position.isBeforeFirst()).isTrue();
        assertThat(position.lineage()).isNotEqualTo("a");
    }

    @Test
    void afterAnotherLineageWasPublishedItBeginsALineage() {
        assertThat(LineageRule.goOn(RESTORED, "", Optional.of(new VersionPosition("b", 1, 1)))
                        .isBeforeFirst())
                .isTrue();
    }

    @Test
    void subtasksThatSeeTheSameAgreeOnTheNewName() {
        Optional<VersionPosition> published = Optional.of(new VersionPosition("a", 8, 13));
        assertThat(LineageRule.goOn(RESTORED, "", published)).isEqualTo(LineageRule.goOn(RESTORED, "", published));
    }

    @Test
    void trainerAndShardsAgreeThoughTheTrainerSkipsVersionsInWhichNothingWasLearnt() {
        Optional<VersionPosition> published = Optional.of(new VersionPosition("a", 8, 13));
        VersionPosition trainer = new VersionPosition("a", 3, 5);
        assertThat(LineageRule.goOn(trainer, "", published)).isEqualTo(LineageRule.goOn(RESTORED, "", published));
    }

    @Test
    void twoForksOfOneSavepointDiffer() {
        VersionPosition first = LineageRule.goOn(RESTORED, "", Optional.of(new VersionPosition("a", 8, 13)));
        VersionPosition second = LineageRule.goOn(RESTORED, "", Optional.of(first.next(14)));
        assertThat(second.lineage()).isNotEqualTo(first.lineage());
    }

    @Test
    void anotherModelBeginsALineageWhetherItsLastVersionCanBeSeenYetOrNot() {
        VersionPosition unseen = LineageRule.goOn(RESTORED, "another model", Optional.empty());
        VersionPosition seen = LineageRule.goOn(RESTORED, "another model", Optional.of(RESTORED));
        assertThat(unseen.isBeforeFirst()).isTrue();
        assertThat(unseen.lineage()).isNotEqualTo("a").isEqualTo(seen.lineage());
        assertThat(LineageRule.goOn(RESTORED, "a third", Optional.empty())).isNotEqualTo(unseen);
    }
}
