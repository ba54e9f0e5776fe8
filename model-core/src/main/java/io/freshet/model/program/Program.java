package io.freshet.model.program;

import java.util.ArrayList;
import java.util.BitSet;
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
        return inputs(all());
    }

    /** The inputs that the logits depend on, in the order in which they were added. */
    public List<Op.Input> inputsOfLogits() {
        return inputs(neededFor(outputs.logits()));
    }

    /** Carries out only what the logits need. */
    public <V> V logits(Executor<V> executor) {
        return run(executor, neededFor(outputs.logits())).get(outputs.logits().id());
    }

    /** Carries out everything. */
    public <V> Results<V> run(Executor<V> executor) {
        List<V> values = run(executor, all());
        return new Results<>(
                values.get(outputs.logits().id()), values.get(outputs.loss().id()));
    }

    private <V> List<V> run(Executor<V> executor, BitSet chosen) {
        List<V> values = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            values.add(
                    chosen.get(i)
                            ? step.op()
                                    .on(
                                            executor,
                                            step.in().stream().map(values::get).toList())
                            : null);
        }
        return values;
    }

    private BitSet all() {
        BitSet chosen = new BitSet();
        chosen.set(0, steps.size());
        return chosen;
    }

    private BitSet neededFor(Tensor wanted) {
        BitSet needed = new BitSet();
        needed.set(wanted.id());
        for (int i = wanted.id(); i >= 0; i = needed.previousSetBit(i - 1)) {
            steps.get(i).in().forEach(needed::set);
        }
        return needed;
    }

    private List<Op.Input> inputs(BitSet chosen) {
        return chosen.stream()
                .mapToObj(i -> steps.get(i).op())
                .filter(Op.Input.class::isInstance)
                .map(Op.Input.class::cast)
                .toList();
    }
}
