package io.freshet.flink.join;

import com.google.protobuf.CodedOutputStream;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.join.JoinState.PositiveLabel;
import io.freshet.flink.join.Step.Completed;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes the serialized {@code Example} of a completed impression.
 *
 * <p>{@code Example} begins with the fields of {@code Impression}, under the same numbers. The bytes of a protobuf
 * message followed by those of another are the bytes of both merged, so the impression is never parsed here.
 */
final class ExampleAssembler {
    private final List<TaskConfig> tasks;

    ExampleAssembler(List<TaskConfig> tasks) {
        this.tasks = List.copyOf(tasks);
    }

    /** A regression has a label only if its action came. */
    private static Optional<Float> label(TaskConfig task, Optional<PositiveLabel> positive) {
        return task.type() == TaskConfig.Type.REGRESSION
                ? positive.map(PositiveLabel::value)
                : Optional.of(positive.isPresent() ? 1f : 0f);
    }

    JoinedExample assemble(Completed completed, long completedAtMs) throws IOException {
        JoinState.Waiting shown = completed.shown();
        Example.Builder learnt =
                Example.newBuilder().setWeight(completed.weight()).setCompletedAtMs(completedAtMs);
        for (TaskConfig task : tasks) {
            Optional<PositiveLabel> positive = shown.labels().stream()
                    .filter(label -> label.task().equals(task.name()))
                    .findFirst();
            label(task, positive)
                    .ifPresent(value -> learnt.addLabels(
                            Label.newBuilder().setTask(task.name()).setValue(value)));
        }
        Example rest = learnt.build();
        byte[] impression = shown.impression();
        byte[] bytes = Arrays.copyOf(impression, impression.length + rest.getSerializedSize());
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, impression.length, rest.getSerializedSize());
        rest.writeTo(out);
        out.checkNoSpaceLeft();
        return new JoinedExample(shown.timeMs(), completedAtMs, bytes);
    }
}
