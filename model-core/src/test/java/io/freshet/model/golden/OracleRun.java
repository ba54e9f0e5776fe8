package io.freshet.model.golden;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.freshet.model.engine.Engines;
import io.freshet.model.oracle.Oracle;
import io.freshet.model.program.Program;
import java.util.HashMap;
import java.util.Map;

/** A program carried out in float64, with gradients of its loss. */
final class OracleRun implements AutoCloseable {
    private final NDManager manager = Engines.newManager(Device.cpu());
    private final Map<String, NDArray> inputs = new HashMap<>();
    private final Map<String, NDArray> weights = new HashMap<>();
    private Program.Results<NDArray> results;

    void input(String name, double[] values, long... shape) {
        inputs.put(name, Oracle.doubles(manager, values, shape));
    }

    void input(String name, int[] values) {
        inputs.put(name, manager.create(values));
    }

    void weights(Map<String, Golden.Values> values) {
        values.forEach((name, value) -> weights.put(name, Oracle.doubles(manager, value.data(), value.shape())));
    }

    void run(Program program) {
        inputs.values().stream()
                .filter(array -> array.getDataType().isFloating())
                .forEach(array -> array.setRequiresGradient(true));
        weights.values().forEach(array -> array.setRequiresGradient(true));
        try (GradientCollector collector = Engines.engine().newGradientCollector()) {
            results = program.run(new Oracle(manager, inputs, weights));
            collector.backward(results.loss());
        }
    }

    double[] logits() {
        return results.logits().toDoubleArray();
    }

    double loss() {
        return results.loss().getDouble();
    }

    double[] inputGradient(String name) {
        return inputs.get(name).getGradient().toDoubleArray();
    }

    double[] weightGradient(String name) {
        return weights.get(name).getGradient().toDoubleArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
