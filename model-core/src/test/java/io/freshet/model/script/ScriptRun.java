package io.freshet.model.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.program.Op;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A program carried out once by its training script: outputs, and gradients in the flat vector. */
public final class ScriptRun implements AutoCloseable {
    private static final StepTail TAIL = new StepTail(DenseOptimizerConfig.DEFAULTS, 0);

    private final NDManager manager = Engines.newManager(Device.cpu());
    private final Map<String, NDArray> values = new HashMap<>();
    private final Map<String, float[]> gradients = new HashMap<>();
    private float[] logits;

    /** A value of an input or a parameter. */
    public void value(String name, double[] data, long... sizes) {
        float[] floats = new float[data.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) data[i];
        }
        values.put(name, manager.create(floats, new Shape(sizes)));
    }

    /** Runs the program in float32. */
    public void run(Program program) {
        run(program, Precision.FLOAT32);
    }

    /** Runs the program; every gradient starts as NaN, so that one that is not written shows. */
    public void run(Program program, Precision precision) {
        RankerScript script = new RankerScript(program, 1);
        Engines.prepareThread(false);
        NDArray flat = manager.zeros(new Shape(program.size())).add(Float.NaN);
        byte[] archive = ScriptArchive.of(script.trainingSource(TAIL, precision));
        try (ScriptModule module = new ScriptModule(archive, Device.cpu())) {
            NDList results = module.run(RankerScript.TRAIN, arguments(program, flat), false, manager);
            logits = results.get(1).toFloatArray();
            List<String> rows = script.trainingInputs().stream()
                    .filter(name -> name.startsWith("rows."))
                    .toList();
            for (int i = 0; i < rows.size(); i++) {
                gradients.put(rows.get(i), results.get(3 + i).toFloatArray());
            }
        }
        float[] all = flat.toFloatArray();
        for (Parameter parameter : program.parameters()) {
            int from = parameter.offset();
            gradients.put(parameter.name(), Arrays.copyOfRange(all, from, from + parameter.size()));
        }
    }

    private NDList arguments(Program program, NDArray flatGradient) {
        NDArray weights = manager.zeros(new Shape(program.size()));
        for (Parameter parameter : program.parameters()) {
            String place = parameter.offset() + ":" + (parameter.offset() + parameter.size());
            weights.set(
                    new NDIndex(place),
                    values.get(parameter.name())
                            .toType(weights.getDataType(), true)
                            .flatten());
        }
        NDList arguments = new NDList(
                named("weights[]", weights),
                named("gradients[]", flatGradient),
                named("state_0[]", manager.ones(new Shape(program.size()))),
                named("update[]", manager.create(1f)),
                manager.create(1f));
        program.inputs().stream().map(Op.Input::name).map(values::get).forEach(arguments::add);
        return arguments;
    }

    private static NDArray named(String name, NDArray array) {
        array.setName(name);
        return array;
    }

    /** The first output. */
    public float[] logits() {
        return logits;
    }

    /** The gradient of a parameter, or of an input whose name begins with {@code rows.}. */
    public float[] gradient(String name) {
        return gradients.get(name);
    }

    @Override
    public void close() {
        manager.close();
    }
}
