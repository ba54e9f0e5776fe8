package io.freshet.model.program;

import java.util.ArrayList;
import java.util.List;

/**
 * A program followed by the gradients of its loss: by every parameter, and by some of its inputs. Immutable.
 */
public final class TrainingProgram {
    private final Program program;
    private final List<Tensor> ofParameters;
    private final List<Tensor> ofInputs;

    private TrainingProgram(Program program, List<Tensor> ofParameters, List<Tensor> ofInputs) {
        this.program = program;
        this.ofParameters = ofParameters;
        this.ofInputs = ofInputs;
    }

    /**
     * Values of the outputs and the gradients.
     *
     * @param parameters gradients in the order and shapes of {@link Program#parameters()}
     * @param inputs gradients in the order in which the inputs were named
     * @param watched in the order of {@link Program#watched()}
     */
    public record Results<V>(V logits, V loss, List<V> parameters, List<V> inputs, List<V> watched) {}

    /**
     * Differentiates a program.
     *
     * @param inputs names of the inputs whose gradients are wanted besides
     * @throws UnsupportedOperationException if an op on the way has no rule
     */
    public static TrainingProgram of(Program forward, List<String> inputs) {
        Graph graph = new Graph(forward);
        List<Tensor> by = new ArrayList<>();
        for (Parameter parameter : forward.parameters()) {
            by.add(graph.leaf(new Op.Weight(parameter)));
        }
        for (String input : inputs) {
            by.add(graph.leaf(new Op.Input(input)));
        }
        Program.Outputs outputs = new Program.Outputs(
                graph.tensor(forward.outputs().logits().id()),
                graph.tensor(forward.outputs().loss().id()));
        List<Tensor> gradients = Gradients.of(outputs.loss(), by);
        int parameters = forward.parameters().size();
        return new TrainingProgram(
                graph.build(outputs),
                gradients.subList(0, parameters),
                gradients.subList(parameters, gradients.size()));
    }

    /** All steps that a training step carries out. */
    List<Program.Step> steps() {
        return program.stepsFor(wanted());
    }

    private List<Tensor> wanted() {
        Program.Outputs outputs = program.outputs();
        List<Tensor> wanted = new ArrayList<>(List.of(outputs.logits(), outputs.loss()));
        wanted.addAll(ofParameters);
        wanted.addAll(ofInputs);
        program.watched().forEach(each -> wanted.add(each.tensor()));
        return wanted;
    }

    /** Carries out the program and its gradients. */
    public <V> Results<V> run(Executor<V> executor) {
        List<V> values = program.values(executor, wanted());
        int parameters = 2 + ofParameters.size();
        int inputs = parameters + ofInputs.size();
        return new Results<>(
                values.get(0),
                values.get(1),
                values.subList(2, parameters),
                values.subList(parameters, inputs),
                values.subList(inputs, values.size()));
    }
}
