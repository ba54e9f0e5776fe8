package io.freshet.flink.encode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.join.JoinedExample;
import java.util.Arrays;
import java.util.List;

/**
 * Turns serialized examples into the numbers that a batch is made of.
 *
 * <p>Threads: immutable, any number may use one.
 */
public final class ExampleEncoder {
    private final FeatureEncoder features;
    private final List<TaskConfig> tasks;

    /** The encoder of a pipeline. */
    public ExampleEncoder(Pipeline pipeline) {
        this.features = new FeatureEncoder(pipeline);
        this.tasks = pipeline.tasks();
    }

    /**
     * Encodes an example of this pipeline's join, or one that {@link ExamplesTopic} has let pass.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public EncodedExample encode(JoinedExample joined) {
        try {
            return encode(parse(joined.example()));
        } catch (MalformedEventException | FeatureException refused) {
            throw new IllegalArgumentException(
                    ("The example of the impression at %d does not fit the pipeline: %s. Was it joined under another "
                                    + "pipeline file? Then drain the old job before this one starts.")
                            .formatted(joined.timeMs(), refused.getMessage()),
                    refused);
        }
    }

    /**
     * Encodes an example from anywhere.
     *
     * @throws MalformedEventException when it has the label of no task, or a value is out of range
     * @throws FeatureException when a feature's value does not fit its slot
     */
    EncodedExample encode(Example example) throws MalformedEventException, FeatureException {
        if (example.getImpressionId().isEmpty()) {
            throw new MalformedEventException("impression_id is missing");
        }
        if (example.getTimeMs() <= 0) {
            throw new MalformedEventException("time_ms is %d, it must be above 0".formatted(example.getTimeMs()));
        }
        float weight = example.getWeight();
        if (!(weight > 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new MalformedEventException("weight is %s, it must be above 0 and finite".formatted(weight));
        }
        return new EncodedExample(
                features.encode(example.getFeaturesMap()),
                labels(example),
                weight,
                example.getTimeMs(),
                example.getCompletedAtMs());
    }

    /**
     * Reads the protobuf message.
     *
     * @throws MalformedEventException when the bytes are none
     */
    static Example parse(byte[] bytes) throws MalformedEventException {
        try {
            return Example.parseFrom(bytes);
        } catch (InvalidProtocolBufferException notProtobuf) {
            throw new MalformedEventException("it is no protobuf freshet.Example: " + notProtobuf.getMessage());
        }
    }

    /** A task without a label was added after the example was joined, or is a regression whose action did not come. */
    private float[] labels(Example example) throws MalformedEventException {
        float[] labels = new float[tasks.size()];
        Arrays.fill(labels, Float.NaN);
        boolean any = false;
        for (Label label : example.getLabelsList()) {
            for (int i = 0; i < labels.length; i++) {
                if (tasks.get(i).isLabelled() && tasks.get(i).name().equals(label.getTask())) {
                    labels[i] = checked(tasks.get(i), label.getValue());
                    any = true;
                }
            }
        }
        if (!any) {
            throw new MalformedEventException("it has no label for any of the tasks %s, only for %s"
                    .formatted(
                            tasks.stream().map(TaskConfig::name).toList(),
                            example.getLabelsList().stream().map(Label::getTask).toList()));
        }
        return labels;
    }

    private static float checked(TaskConfig task, float label) throws MalformedEventException {
        boolean isValue = task.type() == TaskConfig.Type.REGRESSION;
        if (isValue ? !Float.isFinite(label) : label != 0 && label != 1) {
            throw new MalformedEventException("the label of task '%s' is %s, it must be %s"
                    .formatted(task.name(), label, isValue ? "finite" : "0 or 1"));
        }
        return label;
    }
}
