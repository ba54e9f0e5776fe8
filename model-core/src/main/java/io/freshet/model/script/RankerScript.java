package io.freshet.model.script;

import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.program.Op;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import io.freshet.model.program.TrainingProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A ranker as TorchScript: one method that scores and one that trains.
 *
 * <pre>
 *   forward(dense, INPUTS) -> logits [B, tasks]
 *       dense   all dense weights, priors last
 *       INPUTS  {@link #scoringInputs()}: those of the program that logits need, without prior
 *
 *   train_step(UPDATE, INPUTS) -> [loss, logits, health, gradient of each table's rows, WATCHED]
 *       UPDATE   what {@link StepTail} takes; weights and gradients hold all parameters in their order, and gradients are
 *                overwritten
 *       INPUTS   {@link #trainingInputs()}: all inputs of the program
 *       health   [2], whether the step was made, and the norm of the dense gradient
 *       WATCHED  {@link Program#watched()}
 * </pre>
 *
 * <p>No autograd: the program's own backward steps ({@link TrainingProgram}) are written down like the rest, so both
 * methods run with gradients switched off, tensors go when their last reader is done, and a parameter's gradient is
 * computed in its place in the flat vector where the operation can do that.
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

    private final Program program;
    private final int priors;
    private final Optional<ScriptedModule> module;

    /** The script of a program with an input {@code prior} [priors]. */
    public RankerScript(Program program, int priors) {
        this(program, priors, Optional.empty());
    }

    /**
     * The script of a program that may run a scripted module. That module has its weights with it, so {@code forward}
     * takes none: {@link #source} is not for it, and {@link #trainingSource} has the method that learns only.
     */
    public RankerScript(Program program, int priors, Optional<ScriptedModule> module) {
        this.program = program;
        this.priors = priors;
        this.module = module;
    }

    /** Names of the inputs of {@code forward} after the dense vector. */
    public List<String> scoringInputs() {
        return program.inputsOfLogits().stream()
                .map(Op.Input::name)
                .filter(name -> !name.equals(PRIOR))
                .toList();
    }

    /** Names of the inputs of {@code train_step} after those of {@link StepTail}. */
    public List<String> trainingInputs() {
        return program.inputs().stream().map(Op.Input::name).toList();
    }

    /** Names of the arguments of {@code forward} after the dense vector, one per input. */
    public List<String> scoringArguments() {
        return List.copyOf(variables(scoringInputs()).values());
    }

    /** The source of a module that scores, in the dialect in which TorchScript archives hold it. */
    public String source() {
        Set<String> helpers = new LinkedHashSet<>();
        return classOf(List.of(), helpers, scoring(SCORE, helpers));
    }

    /** The source of a module that scores and learns, all in float32. */
    public String trainingSource(StepTail tail) {
        return trainingSource(tail, Precision.FLOAT32);
    }

    /**
     * The source of a module that scores in float32, and learns with products of some precision. Which kernels the step
     * has is settled here: those of {@link Precision#BF16} are for GPUs, and on a CPU are for tests.
     */
    public String trainingSource(StepTail tail, Precision products) {
        Set<String> helpers = new LinkedHashSet<>();
        List<String> methods = new ArrayList<>();
        if (module.isEmpty()) {
            methods.addAll(scoring(SCORE, helpers));
        }
        methods.addAll(training(tail, products, helpers));
        return classOf(List.of(), helpers, methods);
    }

    /**
     * The source of a module that says which of the program's steps gives numbers that are not finite; what is run once a
     * training step has gone wrong. forward(weights, {@link #trainingInputs()}) -> [steps], 1 where the first value of a
     * step is finite throughout, else 0; weights is a list of one flat vector.
     */
    public String checkingSource() {
        Map<String, String> variables = variables(trainingInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + SCORE + "(self: __torch__.Ranker,\n    weights: List[Tensor],\n    " + arguments(variables)
                + ") -> Tensor:");
        lines.add("    weight_parts = torch.split_with_sizes(weights[0], " + sizes() + ")");
        ScriptBody body = new ScriptBody(variables, slices("w", "weight_parts", lines), false);
        List<String> values = new ArrayList<>();
        List<String> checks = new ArrayList<>();
        for (Program.Step step : program.steps()) {
            List<String> in = step.in().stream().map(values::get).toList();
            values.addAll(step.op().on(body, in));
            checks.add("torch.all(torch.isfinite(" + values.get(step.first()) + "))");
        }
        body.lines().forEach(line -> lines.add("    " + line));
        lines.add("    return torch.to(torch.stack(" + checks + "), 6)"); // 6 is float32.
        return classOf(List.of(), body.helpers(), lines);
    }

    /**
     * The source of a module that only scores and has its weights with it: forward(INPUTS). They are in the attribute
     * {@link #embeddedAttribute()}, and in the scripted module if there is one.
     */
    public String embeddedSource() {
        Set<String> helpers = new LinkedHashSet<>();
        List<String> methods = module.isPresent() ? scoringOfModule(helpers) : scoringOfAttribute(helpers);
        return classOf(List.of(embeddedAttribute()), helpers, methods);
    }

    /** Attribute with all dense weights; with the priors only if a scripted module has the rest. */
    public String embeddedAttribute() {
        return module.isPresent() ? PRIOR : DENSE;
    }

    private List<String> scoringOfAttribute(Set<String> helpers) {
        Map<String, String> variables = variables(scoringInputs());
        List<String> methods = new ArrayList<>();
        methods.add("  def " + SCORE + "(self: __torch__.Ranker,\n    " + arguments(variables) + ") -> Tensor:");
        methods.add("    return (self)." + SCORE_WITH + "(self." + DENSE + ", " + String.join(", ", variables.values())
                + ", )");
        methods.addAll(scoring(SCORE_WITH, helpers));
        return methods;
    }

    private List<String> scoringOfModule(Set<String> helpers) {
        Map<String, String> variables = variables(scoringInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + SCORE + "(self: __torch__.Ranker,\n    " + arguments(variables) + ") -> Tensor:");
        variables.put(PRIOR, "self." + PRIOR);
        Map<String, String> own = new LinkedHashMap<>();
        program.parameters().forEach(each -> own.put(each.name(), ModuleCode.parameter(each.name())));
        ScriptBody body = new ScriptBody(variables, own, false);
        String logits = program.logits(body);
        body.lines().forEach(line -> lines.add("    " + line));
        lines.add("    return " + logits);
        helpers.addAll(body.helpers());
        return lines;
    }

    private String classOf(List<String> buffers, Set<String> helpers, List<String> methods) {
        List<String> lines = new ArrayList<>(List.of("class Ranker(Module):", "  __parameters__ = []"));
        lines.add("  __buffers__ = ["
                + buffers.stream().map(name -> "\"" + name + "\", ").collect(Collectors.joining()) + "]");
        buffers.forEach(name -> lines.add("  " + name + " : Tensor"));
        module.ifPresent(scripted -> lines.add("  " + ModuleCode.ATTRIBUTE + " : " + scripted.className()));
        lines.add("  training : bool");
        lines.addAll(HelperFile.methods(helpers));
        lines.addAll(methods);
        return String.join("\n", lines) + "\n";
    }

    private List<String> scoring(String method, Set<String> helpers) {
        Map<String, String> variables = variables(scoringInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + method + "(self: __torch__.Ranker,\n    dense: Tensor,\n    " + arguments(variables)
                + ") -> Tensor:");
        List<Integer> sizes = sizes();
        sizes.add(priors);
        lines.add("    parts = torch.split_with_sizes(dense, " + sizes + ")");
        variables.put(PRIOR, "parts[" + program.parameters().size() + "]");
        ScriptBody body = new ScriptBody(variables, slices("w", "parts", lines), false);
        String logits = program.logits(body);
        body.lines().forEach(line -> lines.add("    " + line));
        lines.add("    return " + logits);
        helpers.addAll(body.helpers());
        return lines;
    }

    private List<String> training(StepTail tail, Precision products, Set<String> helpers) {
        Map<String, String> variables = variables(trainingInputs());
        List<String> lines = new ArrayList<>();
        lines.add("  def " + TRAIN + "(self: __torch__.Ranker,");
        tail.arguments().forEach(argument -> lines.add("    " + argument + ","));
        lines.add("    " + arguments(variables) + ") -> List[Tensor]:");
        lines.add("    weight_parts = torch.split_with_sizes(weights[0], " + sizes() + ")");
        lines.add("    gradient_parts = torch.split_with_sizes(gradients[0], " + sizes() + ")");
        Map<String, String> own = slices("w", "weight_parts", lines);
        ScriptBody body =
                products == Precision.BF16 ? new MixedBody(variables, own) : new ScriptBody(variables, own, true);
        Map<String, String> memory = slices("g", "gradient_parts", lines);
        List<String> rows =
                trainingInputs().stream().filter(name -> name.startsWith(ROWS)).toList();
        TrainingProgram.Results<String> results =
                TrainingProgram.of(program, rows).run(body);
        List<String> names = List.copyOf(memory.values());
        for (int i = 0; i < names.size(); i++) {
            body.store(results.parameters().get(i), names.get(i));
        }
        String loss = body.returned(results.loss());
        List<String> ofRows = results.inputs().stream().map(body::returned).toList();
        List<String> returned = new ArrayList<>(List.of(loss, body.returned(results.logits()), StepTail.HEALTH));
        returned.addAll(ofRows);
        results.watched().forEach(value -> returned.add(body.returned(value)));
        body.lines().forEach(line -> lines.add("    " + line));
        tail.lines(loss, ofRows).forEach(line -> lines.add("    " + line));
        lines.add("    return " + returned);
        helpers.addAll(body.helpers());
        return lines;
    }

    private List<Integer> sizes() {
        return new ArrayList<>(
                program.parameters().stream().map(Parameter::size).toList());
    }

    /** A variable for each parameter, in its shape, looking into a part of a flat vector. */
    private Map<String, String> slices(String prefix, String parts, List<String> lines) {
        Map<String, String> slices = new LinkedHashMap<>();
        for (Parameter parameter : program.parameters()) {
            String name = prefix + slices.size();
            String shape = Arrays.toString(parameter.shape().sizes());
            String part = parts + "[" + slices.size() + "]";
            boolean isVector = parameter.shape().rank() == 1; // Has its shape already.
            lines.add("    " + name + " = " + (isVector ? part : "torch.view(" + part + ", " + shape + ")"));
            slices.put(parameter.name(), name);
        }
        return slices;
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
