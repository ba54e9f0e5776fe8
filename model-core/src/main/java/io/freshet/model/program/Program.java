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
    private final List<Watched> watched;

    Program(List<Step> steps, List<Parameter> parameters, Outputs outputs, List<Watched> watched) {
        this.steps = steps;
        this.parameters = parameters;
        this.outputs = outputs;
        this.watched = watched;
    }

    /**
     * One step.
     *
     * @param in numbers of values that earlier steps gave
     * @param first number of the first value that it gives
     * @param shapes of the values that it gives; most steps give one
     * @param layer the layer that added it
     * @param exact whether it is carried out in full precision where others need not be, see {@link Graph#exact}
     */
    public record Step(Op op, List<Integer> in, int first, List<Shape> shapes, String layer, boolean exact) {}

    /**
     * What the program is for.
     *
     * @param logits [B, tasks]
     * @param loss [], one number
     */
    public record Outputs(Tensor logits, Tensor loss) {}

    /**
     * What training hands out besides, for metrics.
     *
     * @param name its layer's and its own
     */
    public record Watched(String name, Tensor tensor) {}

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
        return inputs(outputs.logits(), outputs.loss());
    }

    /** The inputs that the logits depend on, in the order in which they were added. */
    public List<Op.Input> inputsOfLogits() {
        return inputs(outputs.logits());
    }

    /** What training hands out besides, in the order in which it was added. */
    public List<Watched> watched() {
        return watched;
    }

    /** What the program is for. */
    public Outputs outputs() {
        return outputs;
    }

    /** The steps in the order of execution; those that only training needs are among them. */
    public List<Step> steps() {
        return steps;
    }

    /** A table of its layers, for people. */
    public String describe() {
        return Description.of(this).toString();
    }

    /** Carries out only what the logits need. */
    public <V> V logits(Executor<V> executor) {
        return values(executor, List.of(outputs.logits())).get(0);
    }

    /** Carries out what the logits and the loss need. */
    public <V> Results<V> run(Executor<V> executor) {
        List<V> values = values(executor, List.of(outputs.logits(), outputs.loss()));
        return new Results<>(values.get(0), values.get(1));
    }

    /** Carries out what some tensors need. */
    <V> List<V> values(Executor<V> executor, List<Tensor> wanted) {
        BitSet needed = neededFor(wanted);
        List<V> values = new ArrayList<>();
        for (Step step : steps) {
            if (needed.get(step.first())) {
                List<V> in = step.in().stream().map(values::get).toList();
                executor.begin(step);
                values.addAll(step.op().on(executor, in));
            } else {
                step.shapes().forEach(shape -> values.add(null));
            }
        }
        return wanted.stream().map(tensor -> values.get(tensor.id())).toList();
    }

    /** First values of the steps that some tensors depend on. */
    private BitSet neededFor(List<Tensor> wanted) {
        BitSet values = new BitSet();
        wanted.forEach(tensor -> values.set(tensor.id()));
        BitSet needed = new BitSet();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            int next = values.nextSetBit(step.first());
            if (next >= 0 && next < step.first() + step.shapes().size()) {
                needed.set(step.first());
                step.in().forEach(values::set);
            }
        }
        return needed;
    }

    /** The steps that some tensors depend on. */
    List<Step> stepsFor(List<Tensor> wanted) {
        BitSet needed = neededFor(wanted);
        return steps.stream().filter(step -> needed.get(step.first())).toList();
    }

    private List<Op.Input> inputs(Tensor... wanted) {
        return stepsFor(List.of(wanted)).stream()
                .map(Step::op)
                .filter(Op.Input.class::isInstance)
                .map(Op.Input.class::cast)
                .toList();
    }
}
