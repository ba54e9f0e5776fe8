package io.freshet.model.program;

import java.util.ArrayList;
import java.util.List;

/**
 * A finished tensor program: steps in the order of execution, parameters as slices of one flat vector, and which steps
 * are the results. Immutable.
 */
public final class Program {
    private final List<Step> steps;
    private final List<Parameter> parameters;
    private final Outputs outputs;

    Program(List<Step> steps, List<Parameter> parameters, Outputs outputs) {
        this.steps = steps;
        this.parameters = parameters;
        this.outputs = outputs;
    }

    /**
     * One step.
     *
     * @param in numbers of earlier steps
     * @param layer the layer that added it
     */
    public record Step(Op op, List<Integer> in, Shape shape, String layer) {}

    /**
     * What the program is for.
     *
     * @param logits [B, tasks]
     * @param loss [], one number
     */
    public record Outputs(Tensor logits, Tensor loss) {}

    /** Values of the two outputs. */
    public record Results<V>(V logits, V loss) {}

    /** The parameters in the order of the flat vector, without gaps. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** Length of the flat vector of parameters. */
    public int size() {
        return parameters.stream().mapToInt(Parameter::size).sum();
    }

    /** Inputs in the order in which they were added. */
    public List<Op.Input> inputs() {
        return steps.stream()
                .filter(step -> step.op() instanceof Op.Input)
                .map(step -> (Op.Input) step.op())
                .toList();
    }

    /** Carries out only what the logits need. */
    public <V> V logits(Executor<V> executor) {
        return run(executor, outputs.logits(), new ArrayList<>(java.util.Collections.nCopies(steps.size(), null)));
    }

    /** Carries out everything. */
    public <V> Results<V> run(Executor<V> executor) {
        List<V> values = new ArrayList<>(java.util.Collections.nCopies(steps.size(), null));
        V logits = run(executor, outputs.logits(), values);
        return new Results<>(logits, run(executor, outputs.loss(), values));
    }

    private <V> V run(Executor<V> executor, Tensor wanted, List<V> values) {
        boolean[] needed = new boolean[steps.size()];
        needed[wanted.id()] = true;
        for (int i = wanted.id(); i >= 0; i--) {
            if (needed[i]) {
                steps.get(i).in().forEach(in -> needed[in] = true);
            }
        }
        for (int i = 0; i <= wanted.id(); i++) {
            if (needed[i] && values.get(i) == null) {
                Step step = steps.get(i);
                values.set(
                        i,
                        step.op()
                                .on(
                                        executor,
                                        step.in().stream().map(values::get).toList()));
            }
        }
        return values.get(wanted.id());
    }
}
