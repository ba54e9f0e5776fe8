package io.freshet.model.script;

import io.freshet.model.program.Op;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A ranker as TorchScript: one method that scores and one that trains.
 *
 * <pre>
 *   forward(dense, INPUTS) -> logits [B, tasks]
 *       dense   all dense weights, priors last
 *       INPUTS  {@link #scoringInputs()}: those of the program that logits need, without prior
 *
 *   train_step(weights, accumulators, steps, learning_rate, INPUTS) -> [loss, logits, gradient of each table's rows]
 *       weights, accumulators, steps   one tensor per parameter, the first two in its shape; Adagrad changes them
 *       INPUTS                         {@link #trainingInputs()}: all inputs of the program
 * </pre>
 *
 * <p>The lists come from outside because TorchScript drops a fused optimizer whose lists are made inside the script: it
 * takes the lists, not the tensors in them, for what is changed, and sees nobody read them.
 */
public final class RankerScript {
    /** Name of the method that scores. */
    public static final String SCORE = "forward";

    /** Attribute of a module that has its weights with it. */
    public static final String DENSE = "dense";

    /** Name of the method that learns. */
    public static final String TRAIN = "train_step";

    private static final String SCORE_WITH = "score";
    private static final String PRIOR = "prior";
    private static final String ROWS = "rows.";
    /** Keeps a weight with no gradient yet from a division by zero. */
    private static final double ADAGRAD_EPSILON = 1e-10;

    private final Program program;
    private final int priors;

    /** The script of a program with an input {@code prior} [priors]. */
    public RankerScript(Program program, int priors) {
        this.program = program;
        this.priors = priors;
    }

    /** Names of the inputs of {@code forward} after the dense vector. */
    public List<String> scoringInputs() {
        return program.inputsOfLogits().stream()
                .map(Op.Input::name)
                .filter(name -> !name.equals(PRIOR))
                .toList();
    }

    /** Names of the inputs of {@code train_step} after the learning rate. */
    public List<String> trainingInputs() {
        return program.inputs().stream().map(Op.Input::name).toList();
    }

    /** Names of the arguments of {@code forward} after the dense vector, one per input. */
    public List<String> scoringArguments() {
        return List.copyOf(variables(scoringInputs()).values());
    }

    /** The source, in the dialect in which TorchScript archives hold it. */
    public String source() {
        List<String> lines = new ArrayList<>(classHead(List.of()));
        lines.addAll(scoring(SCORE));
        lines.addAll(training());
        return String.join("\n", lines) + "\n";
    }

    /** The source of a module that only scores and has its weights in the attribute {@link #DENSE}: forward(INPUTS). */
    public String embeddedSource() {
        List<String> lines = new ArrayList<>(classHead(List.of(DENSE)));
        Map<String, String> variables = variables(scoringInputs());
        lines.add("  def " + SCORE + "(self: __torch__.Ranker,\n    " + arguments(variables) + ") -> Tensor:");
        lines.add("    return (self)." + SCORE_WITH + "(self." + DENSE + ", " + String.join(", ", variables.values())
                + ", )");
        lines.addAll(scoring(SCORE_WITH));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> classHead(List<String> buffers) {
        List<String> lines = new ArrayList<>(List.of("class Ranker(Module):", "  __parameters__ = []"));
        lines.add("  __buffers__ = ["
                + buffers.stream().map(name -> "\"" + name + "\", ").collect(Collectors.joining()) + "]");
        buffers.forEach(name -> lines.add("  " + name + " : Tensor"));
        lines.add("  training : bool");
        return lines;
    }

    private List<String> scoring(String method) {
        Map<String, String> variables = variables(scoringInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + method + "(self: __torch__.Ranker,\n    dense: Tensor,\n    " + arguments(variables)
                + ") -> Tensor:");
        List<Integer> sizes = new ArrayList<>(
                program.parameters().stream().map(Parameter::size).toList());
        sizes.add(priors);
        lines.add("    parts = torch.split_with_sizes(dense, " + sizes + ")");
        variables.put(PRIOR, "parts[" + program.parameters().size() + "]");
        Map<String, String> weights = new HashMap<>();
        for (Parameter parameter : program.parameters()) {
            String shape = Arrays.toString(parameter.shape().sizes());
            weights.put(parameter.name(), "torch.view(parts[" + weights.size() + "], " + shape + ")");
        }
        ScriptBody body = new ScriptBody(variables, weights);
        String logits = program.logits(body);
        body.lines().forEach(line -> lines.add("    " + line));
        lines.add("    return " + logits);
        return lines;
    }

    private List<String> training() {
        Map<String, String> variables = variables(trainingInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + TRAIN + "(self: __torch__.Ranker,\n    weights: List[Tensor],\n"
                + "    accumulators: List[Tensor],\n    steps: List[Tensor],\n    learning_rate: Tensor,\n    "
                + arguments(variables) + ") -> List[Tensor]:");
        Map<String, String> leaves = new LinkedHashMap<>(); // Of what the loss is differentiated by.
        for (Parameter parameter : program.parameters()) {
            lines.add(leaf(leaves, parameter.name(), "weights[" + leaves.size() + "]"));
        }
        int weights = leaves.size();
        for (String input : trainingInputs()) {
            if (input.startsWith(ROWS)) {
                lines.add(leaf(leaves, input, variables.get(input)));
                variables.put(input, leaves.get(input));
            }
        }
        ScriptBody body = new ScriptBody(variables, leaves);
        Program.Results<String> results = program.run(body);
        body.lines().forEach(line -> lines.add("    " + line));
        lines.add("    gradients = torch.autograd.grad([" + results.loss() + "], " + leaves.values() + ")");
        lines.add("    rate = float(learning_rate)");
        lines.add("    torch._fused_adagrad_(weights, " + gradients(0, weights) + ", accumulators, steps, lr=rate,"
                + " lr_decay=0., weight_decay=0., eps=" + ADAGRAD_EPSILON + ", maximize=False)");
        List<String> returned = new ArrayList<>(List.of(results.loss(), results.logits()));
        returned.addAll(gradients(weights, leaves.size()));
        lines.add("    return " + returned);
        return lines;
    }

    /** A view of some memory that gradients end at; the memory itself can still be changed in place. */
    private static String leaf(Map<String, String> leaves, String name, String of) {
        String leaf = "leaf" + leaves.size();
        leaves.put(name, leaf);
        return "    " + leaf + " = torch.requires_grad_(torch.detach(" + of + "))";
    }

    private static List<String> gradients(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "unchecked_cast(Tensor, gradients[" + i + "])")
                .toList();
    }

    private static String arguments(Map<String, String> variables) {
        return variables.values().stream().map(name -> name + ": Tensor").collect(Collectors.joining(",\n    "));
    }

    /** A legal variable for each input: what is no letter or digit becomes an underscore. */
    private static Map<String, String> variables(List<String> inputs) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String input : inputs) {
            String plain = "in_" + input.replaceAll("[^A-Za-z0-9]", "_");
            String name = plain;
            for (int i = 2; variables.containsValue(name); i++) {
                name = plain + "_" + i;
            }
            variables.put(input, name);
        }
        return variables;
    }
}
