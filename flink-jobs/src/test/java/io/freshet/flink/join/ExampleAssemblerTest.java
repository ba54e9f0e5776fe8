package io.freshet.flink.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.TaskConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExampleAssemblerTest {
    private static final List<TaskConfig> TASKS = List.of(
            Events.task("click", "click", 100),
            new TaskConfig(
                    "seconds",
                    "watch",
                    Duration.ofMillis(100),
                    TaskConfig.Type.REGRESSION,
                    "click",
                    null,
                    1,
                    TaskConfig.Loss.SQUARED,
                    0));

    private final LabelJoin join = new LabelJoin(TASKS, 1);

    private List<Label> labels(Optional<JoinState> complete) throws IOException {
        Step step = join.onTime(complete.orElseThrow(), 1100);
        JoinedExample joined =
                new ExampleAssembler(TASKS).assemble(step.completed().orElseThrow(), 7);
        return Example.parseFrom(joined.example()).getLabelsList();
    }

    private static Label label(String task, float value) {
        return Label.newBuilder().setTask(task).setValue(value).build();
    }

    @Test
    void theValueOfAnActionBecomesTheLabelOfARegression() throws IOException {
        Optional<JoinState> shown = join.onImpression(Optional.empty(), Events.impression("i", 1000), 0)
                .keep();
        Step watched = join.onAction(shown, Events.action("i", "watch", 1010), new Acted("watch", 12.5f), 0);
        assertThat(labels(watched.keep())).containsExactly(label("click", 0), label("seconds", 12.5f));
    }

    @Test
    void anActionThatCameFirstKeepsItsValue() throws IOException {
        Step held = join.onAction(Optional.empty(), Events.action("i", "watch", 1010), new Acted("watch", -3), 0);
        Step shown = join.onImpression(held.keep(), Events.impression("i", 1000), 0);
        assertThat(labels(shown.keep())).containsExactly(label("click", 0), label("seconds", -3));
    }

    @Test
    void withoutItsActionARegressionHasNoLabel() throws IOException {
        Step shown = join.onImpression(Optional.empty(), Events.impression("i", 1000), 0);
        assertThat(labels(shown.keep())).containsExactly(label("click", 0));
    }

    @Test
    void anActionIsWorthOneWhenItSaysNothingAndAtMostTheLargestFloat() {
        assertThat(Acted.of(Action.newBuilder().setAction("a").build())).isEqualTo(new Acted("a", 1));
        assertThat(Acted.of(Action.newBuilder().setAction("a").setValue(0).build()))
                .isEqualTo(new Acted("a", 0));
        assertThat(Acted.of(Action.newBuilder().setAction("a").setValue(-1e300).build()))
                .isEqualTo(new Acted("a", -Float.MAX_VALUE));
    }
}
