package io.freshet.model.program;

import static io.freshet.model.program.GradientsTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every op in the script, in float32, against the float64 oracle. */
class ScriptGradientsTest {
    private static final double TOLERANCE = 1e-5;

    static List<OpCase> cases() {
        return OpCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areThoseOfTheOracle(OpCase op) {
        Program program = op.program();
        Map<String, double[]> expected = GradientsTest.ours(op);
        RankerScript script = new RankerScript(program, 1);
        Engines.prepareThread(false);
        try (NDManager manager = Engines.newManager(Device.cpu());
                ScriptModule module = new ScriptModule(ScriptArchive.of(script.source()), Device.cpu())) {
            NDArray gradients = manager.zeros(shape(program.size())).add(Float.NaN);
            NDList arguments = arguments(op, manager, gradients);
            NDList results = module.run(RankerScript.TRAIN, arguments, false, manager);
            for (int i = 0; i < op.rows().size(); i++) {
                String name = op.rows().get(i);
                check(op, name, results.get(2 + i).toFloatArray(), expected.get(name));
            }
            float[] flat = gradients.toFloatArray();
            for (Parameter parameter : program.parameters()) {
                int from = parameter.offset();
                float[] slice = Arrays.copyOfRange(flat, from, from + parameter.size());
                check(op, parameter.name(), slice, expected.get(parameter.name()));
            }
        }
    }

    private static NDList arguments(OpCase op, NDManager manager, NDArray gradients) {
        Program program = op.program();
        Map<String, OpCase.Values> values = op.values();
        NDArray weights = manager.zeros(shape(program.size()));
        for (Parameter parameter : program.parameters()) {
            float[] slice = floats(values.get(parameter.name()).data());
            String place = parameter.offset() + ":" + (parameter.offset() + parameter.size());
            weights.set(new ai.djl.ndarray.index.NDIndex(place), manager.create(slice));
        }
        NDList arguments = new NDList(
                named("weights[]", weights),
                named("gradients[]", gradients),
                named("accumulators[]", manager.ones(shape(program.size()))),
                named("steps[]", manager.create(1f)),
                manager.create(1f));
        for (Op.Input input : program.inputs()) {
            OpCase.Values value = values.get(input.name());
            arguments.add(manager.create(floats(value.data()), shape(value.sizes())));
        }
        return arguments;
    }

    private static void check(OpCase op, String name, float[] actual, double[] expected) {
        String what = "%s, gradient of %s, seed %d".formatted(op, name, OpCase.SEED);
        double[] doubles = new double[actual.length];
        for (int i = 0; i < actual.length; i++) {
            doubles[i] = actual[i];
        }
        assertThat(doubles).as(what).doesNotContain(Double.NaN);
        assertClose(what, doubles, expected, TOLERANCE);
    }

    private static NDArray named(String name, NDArray array) {
        array.setName(name);
        return array;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static ai.djl.ndarray.types.Shape shape(long... sizes) {
        return new ai.djl.ndarray.types.Shape(sizes);
    }
}
