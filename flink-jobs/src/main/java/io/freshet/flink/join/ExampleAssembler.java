package io.freshet.flink.join;

import com.google.protobuf.CodedOutputStream;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.join.Step.Completed;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the serialized {@code Example} of a completed impression.
 *
 * <p>{@code Example} begins with the fields of {@code Impression}, under the same numbers. The bytes of a protobuf
 * message followed by those of another are the bytes of both merged, so the impression is never parsed here.
 */
final class ExampleAssembler {
    private final List<String> tasks;

    ExampleAssembler(List<TaskConfig> tasks) {
        this.tasks = tasks.stream().map(TaskConfig::name).toList();
    }

    JoinedExample assemble(Completed completed, long completedAtMs) throws IOException {
        JoinState.Waiting shown = completed.shown();
        Example.Builder learnt =
                Example.newBuilder().setWeight(completed.weight()).setCompletedAtMs(completedAtMs);
        for (String task : tasks) {
            learnt.addLabels(
                    Label.newBuilder().setTask(task).setValue(shown.positives().contains(task) ? 1 : 0));
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
