package io.freshet.flink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionLineTest {
    private final VersionLine line = VersionLine.begin("a");

    @Test
    void eachVersionContinuesTheOneBefore() {
        assertThat(line.base().isBeforeFirst()).isTrue();
        assertThat(line.cut(4)).isEqualTo(new VersionPosition("a", 1, 4));
        assertThat(line.base()).isEqualTo(new VersionPosition("a", 1, 4));
        assertThat(line.cut(5)).isEqualTo(new VersionPosition("a", 2, 5));
        assertThat(line.base()).isEqualTo(line.newest());
    }

    @Test
    void aCompleteCheckpointCommitsItsVersionAndThoseBefore() {
        line.cut(4);
        line.cut(5);
        line.cut(6);
        assertThat(line.committed().isBeforeFirst()).isTrue();
        line.complete(5);
        assertThat(line.committed()).isEqualTo(new VersionPosition("a", 2, 5));
        line.complete(4);
        assertThat(line.committed()).isEqualTo(new VersionPosition("a", 2, 5));
    }

    @Test
    void aRestoredLineContinuesWhatIsKnownToHaveArrivedAndThenItself() {
        VersionPosition newest = new VersionPosition("a", 5, 9);
        VersionPosition committed = new VersionPosition("a", 2, 5);
        VersionLine restored = VersionLine.restored(newest, committed);
        assertThat(restored.base()).isEqualTo(committed);
        assertThat(restored.cut(10)).isEqualTo(new VersionPosition("a", 6, 10));
        assertThat(restored.base()).isEqualTo(restored.newest());
        assertThat(restored.committed()).isEqualTo(committed);
        restored.complete(10);
        assertThat(restored.committed()).isEqualTo(restored.newest());
    }

    @Test
    void aFirstVersionThatMayNotHaveArrivedIsFollowedByAnotherFirst() {
        line.cut(4);
        assertThat(VersionLine.restored(line.newest(), line.committed()).base().isBeforeFirst())
                .isTrue();
    }

    @Test
    void ofSeveralSubtasksTheOneThatKnowsMostIsRight() {
        VersionPosition newest = new VersionPosition("a", 5, 9);
        VersionPosition known = new VersionPosition("a", 4, 8);
        List<VersionPosition> all =
                List.of(new VersionPosition("a", 3, 7), known, new VersionPosition("before", 9, 40));
        assertThat(LineageRule.committed(newest, all)).isEqualTo(known);
        assertThat(LineageRule.committed(newest, List.of())).isEqualTo(newest);
    }
}
