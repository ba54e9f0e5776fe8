package io.freshet.model.golden;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.freshet.model.engine.Engines;
import io.freshet.model.oracle.Oracle;
import io.freshet.model.program.Op;
import io.freshet.model.program.Program;
import io.freshet.model.program.TrainingProgram;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A program carried out in float64, with the gradients of its loss. */
public final class OracleRun implements AutoCloseable {
    private final NDManager manager = Engines.newManager(Device.cpu());
    private final Map<String, NDArray> inputs = new HashMap<>();
    private final Map<String, NDArray> weights = new HashMap<>();
    private final Map<String, NDArray> inputGradients = new HashMap<>();
    private final Map<String, NDArray> weightGradients = new HashMap<>();
    private TrainingProgram.Results<NDArray> results;

    public void input(String name, double[] values, long... shape) {
        inputs.put(name, Oracle.doubles(manager, values, shape));
    }

    public void input(String name, int[] values) {
        inputs.put(name, manager.create(values));
    }

    public void weights(Map<String, Golden.Values> values) {
        values.forEach((name, value) -> weights.put(name, Oracle.doubles(manager, value.data(), value.shape())));
    }

    /** Gradients by our own rules: of all weights, and of the inputs that are not whole numbers. */
    public void run(Program program) {
        List<String> differentiable = program.inputs().stream()
                .map(Op.Input::name)
                .filter(name -> inputs.get(name).getDataType().isFloating() && !name.startsWith("weights."))
                .toList();
        results = TrainingProgram.of(program, differentiable).run(new Oracle(manager, inputs, weights));
        for (int i = 0; i < differentiable.size(); i++) {
            inputGradients.put(differentiable.get(i), results.inputs().get(i));
        }
        for (int i = 0; i < program.parameters().size(); i++) {
            weightGradients.put(
                    program.parameters().get(i).name(), results.parameters().get(i));
        }
    }

    public double[] logits() {
        return results.logits().toDoubleArray();
    }

    public double loss() {
        return results.loss().getDouble();
    }

    public double[] inputGradient(String name) {
        return inputGradients.get(name).toDoubleArray();
    }

    public double[] weightGradient(String name) {
        return weightGradients.get(name).toDoubleArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
