package io.freshet.model.oracle;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import io.freshet.model.program.TrainingProgram;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import io.freshet.model.script.StepTail;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program around one layer, forward and through its own backward steps: in float64 by the oracle, in float32 by
 * the script that trainers run.
 *
 * @param program of inputs {@link #X}, which is differentiated by, and {@link #BY}
 */
public record LayerRun(Program program) {
    private static final StepTail TAIL = new StepTail(DenseOptimizerConfig.DEFAULTS, 0);

    /** The layer's input; the name makes a script give its gradient. */
    public static final String X = "rows.x";

    /** What the layer's output is multiplied by, element by element, in the loss. */
    public static final String BY = "by";

    /** Some numbers and their shape. */
    public record Values(double[] data, long... shape) {}

    /**
     * Everything that a run gives.
     *
     * @param ofX gradient of the input
     * @param ofWeights gradients by the parameter's name
     * @param watched by name
     */
    public record Outcome(
            double[] output,
            double loss,
            double[] ofX,
            Map<String, double[]> ofWeights,
            Map<String, double[]> watched) {}

    /** In float64. */
    public Outcome inOracle(Map<String, Values> weights, Values x, Values by) {
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            TrainingProgram.Results<NDArray> results =
                    TrainingProgram.of(program, List.of(X)).run(oracle(manager, weights, x, by));
            Map<String, double[]> ofWeights = new LinkedHashMap<>();
            for (int i = 0; i < results.parameters().size(); i++) {
                ofWeights.put(
                        program.parameters().get(i).name(),
                        results.parameters().get(i).toDoubleArray());
            }
            return new Outcome(
                    results.logits().toDoubleArray(),
                    results.loss().getDouble(),
                    results.inputs().get(0).toDoubleArray(),
                    ofWeights,
                    watched(results.watched()));
        }
    }

    /** Only the loss, in float64. */
    public double lossInOracle(Map<String, Values> weights, Values x, Values by) {
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            return program.run(oracle(manager, weights, x, by)).loss().getDouble();
        }
    }

    private static Oracle oracle(NDManager manager, Map<String, Values> weights, Values x, Values by) {
        Map<String, NDArray> named = new HashMap<>();
        weights.forEach((name, values) -> named.put(name, Oracle.doubles(manager, values.data(), values.shape())));
        NDArray input = Oracle.doubles(manager, x.data(), x.shape());
        return new Oracle(manager, Map.of(X, input, BY, Oracle.doubles(manager, by.data(), by.shape())), named);
    }

    /** In float32. */
    public Outcome inScript(Map<String, Values> weights, Values x, Values by) {
        float[] flat = new float[program.size()];
        for (Parameter parameter : program.parameters()) {
            double[] values = weights.get(parameter.name()).data();
            for (int i = 0; i < values.length; i++) {
                flat[parameter.offset() + i] = (float) values[i];
            }
        }
        Engines.prepareThread(false);
        RankerScript script = new RankerScript(program, 0);
        try (ScriptModule module = new ScriptModule(ScriptArchive.of(script.trainingSource(TAIL)), Device.cpu());
                NDManager manager = Engines.newManager(Device.cpu())) {
            float[] dirty = new float[flat.length];
            Arrays.fill(dirty, Float.NaN); // Gradients must be written, all of them, and not added to.
            NDArray gradients = manager.create(dirty);
            NDList arguments = new NDList(
                    named("weights[]", manager.create(flat)),
                    named("gradients[]", gradients),
                    named("state_0[]", manager.create(new float[flat.length])),
                    named("update[]", manager.create(1f)),
                    manager.create(0d).toType(DataType.FLOAT32, false));
            for (String input : script.trainingInputs()) {
                Values values = input.equals(X) ? x : by;
                arguments.add(
                        Oracle.doubles(manager, values.data(), values.shape()).toType(DataType.FLOAT32, false));
            }
            NDList results = module.run(RankerScript.TRAIN, arguments, false, manager);
            double[] all = doubles(gradients);
            Map<String, double[]> ofWeights = new LinkedHashMap<>();
            for (Parameter parameter : program.parameters()) {
                int end = parameter.offset() + parameter.size();
                ofWeights.put(parameter.name(), Arrays.copyOfRange(all, parameter.offset(), end));
            }
            return new Outcome(
                    doubles(results.get(1)),
                    results.get(0).getFloat(),
                    doubles(results.get(3)),
                    ofWeights,
                    watched(results.subList(4, results.size())));
        }
    }

    private Map<String, double[]> watched(List<NDArray> values) {
        Map<String, double[]> watched = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            watched.put(program.watched().get(i).name(), doubles(values.get(i)));
        }
        return watched;
    }

    private static NDArray named(String name, NDArray array) {
        array.setName(name);
        return array;
    }

    private static double[] doubles(NDArray array) {
        return array.toType(DataType.FLOAT64, false).toDoubleArray();
    }
}
