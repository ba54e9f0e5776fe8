package io.freshet.model.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

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
        return inputs(every(true));
    }

    /** The inputs that the logits depend on, in the order in which they were added. */
    public List<Op.Input> inputsOfLogits() {
        return inputs(neededFor(outputs.logits()));
    }

    /** Carries out only what the logits need. */
    public <V> V logits(Executor<V> executor) {
        return run(executor, neededFor(outputs.logits())).get(outputs.logits().id());
    }

    /** Carries out every. */
    public <V> Results<V> run(Executor<V> executor) {
        List<V> values = run(executor, every(true));
        return new Results<>(
                values.get(outputs.logits().id()), values.get(outputs.loss().id()));
    }

    private boolean[] every(boolean value) {
        boolean[] chosen = new boolean[steps.size()];
        Arrays.fill(chosen, value);
        return chosen;
    }

    private boolean[] neededFor(Tensor wanted) {
        boolean[] needed = every(false);
        needed[wanted.id()] = true;
        for (int i = wanted.id(); i >= 0; i--) {
            if (needed[i]) {
                steps.get(i).in().forEach(in -> needed[in] = true);
            }
        }
        return needed;
    }

    private List<Op.Input> inputs(boolean[] chosen) {
        return IntStream.range(0, steps.size())
                .filter(i -> chosen[i])
                .mapToObj(i -> steps.get(i).op())
                .filter(Op.Input.class::isInstance)
                .map(Op.Input.class::cast)
                .toList();
    }

    private <V> List<V> run(Executor<V> executor, boolean[] chosen) {
        List<V> values = new ArrayList<>(Collections.nCopies(steps.size(), null));
        for (int i = 0; i < steps.size(); i++) {
            if (chosen[i]) {
                Step step = steps.get(i);
                values.set(
                        i,
                        step.op()
                                .on(
                                        executor,
                                        step.in().stream().map(values::get).toList()));
            }
        }
        return values;
    }
}
