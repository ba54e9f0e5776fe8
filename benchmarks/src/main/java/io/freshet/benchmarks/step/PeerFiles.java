package io.freshet.benchmarks.step;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the Python peer needs to build the same model with the same weights on the same batch: {@code model.json} says
 * sizes, names and shapes, {@code arrays.f32} holds the numbers one after the other, little-endian.
 */
final class PeerFiles {
    private PeerFiles() {}

    /** Some numbers with a shape. */
    record Array(String name, float[] values, long... shape) {}

    static void write(Path folder, StepShape shape, MeasuredStep step) throws IOException {
        List<Array> arrays = new ArrayList<>(step.inputs());
        ModelPlan plan = step.plan();
        float[] weights = step.initialWeights();
        for (Parameter parameter : plan.program().parameters()) {
            int end = parameter.offset() + parameter.size();
            float[] values = Arrays.copyOfRange(weights, parameter.offset(), end);
            arrays.add(new Array(parameter.name(), values, parameter.shape().sizes()));
        }
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("heads", shape.heads());
        model.put("layers", shape.layers());
        model.put("threads", shape.threads());
        model.put(
                "groups",
                plan.features().groups().stream().map(group -> group.name()).toList());
        model.put(
                "arrays",
                arrays.stream()
                        .map(array -> Map.of("name", array.name(), "shape", array.shape()))
                        .toList());
        Files.write(folder.resolve("model.json"), new ObjectMapper().writeValueAsBytes(model));
        int total = arrays.stream().mapToInt(array -> array.values().length).sum();
        ByteBuffer bytes = ByteBuffer.allocate(total * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        arrays.forEach(array -> {
            bytes.asFloatBuffer().put(array.values());
            bytes.position(bytes.position() + array.values().length * Float.BYTES);
        });
        Files.write(folder.resolve("arrays.f32"), bytes.array());
    }
}
