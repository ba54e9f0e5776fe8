package io.freshet.model.step;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.program.Op;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.ranker.RankerArchive;
import io.freshet.model.script.RankerScript;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Finds out why a step was skipped, by running the forward pass again with a check behind every operation. Costs nothing
 * until it is first needed; then it loads a script of its own. Owned by one thread.
 */
final class FaultFinder implements AutoCloseable {
    private final ModelPlan plan;
    private final Device device;
    private ScriptModule checks;

    FaultFinder(ModelPlan plan, Device device) {
        this.plan = plan;
        this.device = device;
    }

    /**
     * What a step that was skipped has left behind.
     *
     * @param weights list argument of one flat vector, as the step began
     * @param gradient of the dense weights
     * @param rows gradient of each table that is read, in order
     */
    record Remains(NDArray weights, NDArray gradient, List<NDArray> rows) {}

    /** The first fault. */
    Fault find(RankerBatch batch, NDList inputs, Remains remains, NDManager call) {
        return ofInputs(batch)
                .or(() -> ofForward(inputs, remains.weights(), call))
                .or(() -> ofGradient(remains.gradient()))
                .or(() -> ofRowGradients(batch, remains.rows()))
                .orElse(new Fault("gradient", "its norm is above what 32-bit floats hold."));
    }

    private Optional<Fault> ofInputs(RankerBatch batch) {
        for (TableBatch table : batch.tables()) {
            FloatBuffer rows = table.rows();
            int at = firstBad(rows);
            if (at >= 0) {
                long id = table.ids()[at / table.table().width()];
                String detail = "the row of id %d holds %s.".formatted(id, rows.get(at));
                return Optional.of(new Fault("rows." + table.table().name(), detail));
            }
        }
        FloatBuffer numbers = batch.numberMemory().floats();
        int at = firstBad(numbers);
        if (at < 0) {
            return Optional.empty();
        }
        List<String> names = plan.features().numbers();
        String detail = "example %d of the batch has %s.".formatted(at / names.size(), numbers.get(at));
        return Optional.of(new Fault("numbers." + names.get(at % names.size()), detail));
    }

    private Optional<Fault> ofForward(NDList inputs, NDArray weights, NDManager call) {
        if (checks == null) {
            checks = new ScriptModule(RankerArchive.forChecking(plan), device);
        }
        NDArray sound = checks.run(
                        RankerScript.SCORE,
                        new NDList(weights).addAll(inputs),
                        plan.module().isPresent(),
                        call)
                .head();
        FloatBuffer flags = sound.toByteBuffer(true).asFloatBuffer();
        List<Program.Step> steps = plan.program().steps();
        for (int i = 0; i < steps.size(); i++) {
            if (flags.get(i) == 0) {
                return Optional.of(ofStep(steps.get(i)));
            }
        }
        return Optional.empty();
    }

    private static Fault ofStep(Program.Step step) {
        if (step.op() instanceof Op.Input input) {
            return new Fault(input.name(), "an input holds a number that is not finite.");
        }
        if (step.op() instanceof Op.Weight weight) {
            return new Fault(weight.parameter().name(), "a weight is not finite.");
        }
        String what = step.op().getClass().getSimpleName();
        return new Fault(
                step.layer().isEmpty() ? "loss" : step.layer(),
                "the first result that is not finite is that of its %s.".formatted(what));
    }

    /** The backward pass runs from the last parameter to the first. */
    private Optional<Fault> ofGradient(NDArray gradient) {
        FloatBuffer values = gradient.toByteBuffer(true).asFloatBuffer();
        List<Parameter> parameters = plan.program().parameters();
        for (int i = parameters.size() - 1; i >= 0; i--) {
            Parameter parameter = parameters.get(i);
            int at = firstBad(values.slice(parameter.offset(), parameter.size()));
            if (at >= 0) {
                String detail = "its number %d is %s, while the forward pass was finite."
                        .formatted(at, values.get(parameter.offset() + at));
                return Optional.of(new Fault("gradient of " + parameter.name(), detail));
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> ofRowGradients(RankerBatch batch, List<NDArray> gradients) {
        int next = 0;
        for (TableBatch table : batch.tables()) {
            if (table.table().slots().isEmpty()) {
                continue;
            }
            FloatBuffer values = gradients.get(next++).toByteBuffer(true).asFloatBuffer();
            int at = firstBad(values);
            if (at >= 0) {
                long id = table.ids()[at / table.table().width()];
                String detail = "that of id %d holds %s.".formatted(id, values.get(at));
                return Optional.of(new Fault("gradient of rows." + table.table().name(), detail));
            }
        }
        return Optional.empty();
    }

    private static int firstBad(FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        if (checks != null) {
            checks.close();
        }
    }
}
