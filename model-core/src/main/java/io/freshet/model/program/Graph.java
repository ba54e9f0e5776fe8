package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Builds a {@link Program}. Layers add inputs, parameters and, through {@link Tensor}, steps; whatever does not fit
 * throws at once, naming the layer and the line of code. Not thread-safe.
 */
public final class Graph {
    private static final String OWN_PACKAGE = Graph.class.getPackageName();

    private final List<Program.Step> steps = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Shape> values = new ArrayList<>(); // The shape of each value that a step gives.
    private final List<String> scopes = new ArrayList<>();
    private final List<Program.Watched> watched = new ArrayList<>();
    private int size;
    private int reusing; // How many scopes of this kind are open.
    private int exact; // Likewise.

    /** An empty graph. */
    public Graph() {}

    /** Goes on from a finished program. */
    Graph(Program program) {
        for (Program.Step step : program.steps()) {
            add(step);
        }
        parameters.addAll(program.parameters());
        size = program.size();
        program.watched()
                .forEach(each -> watched.add(
                        new Program.Watched(each.name(), tensor(each.tensor().id()))));
    }

    /** Names what is added until the scope is closed; scopes nest, joined by dots. */
    public Scope scope(String name) {
        scopes.add(name);
        return () -> scopes.remove(scopes.size() - 1);
    }

    /** Until the scope is closed, a parameter that is there already is used again, rather than refused. */
    public Scope reusingWeights() {
        reusing++;
        return () -> reusing--;
    }

    /**
     * Until the scope is closed, products are carried out in full precision even by an executor that else rounds what
     * they multiply: for logits, of which the smallest differences count, and for what is little work anyhow.
     */
    public Scope exact() {
        exact++;
        return () -> exact--;
    }

    /** What is added until the scope is closed belongs to a step's layer, and is as exact as that step. */
    Scope within(Program.Step step) {
        Scope name = scope(step.layer());
        int before = exact;
        exact = step.exact() ? 1 : 0;
        return () -> {
            exact = before;
            name.close();
        };
    }

    /** An input that is given each time the program runs. */
    public Tensor input(String name, Axis... axes) {
        boolean isNew = steps.stream().noneMatch(step -> step.op().equals(new Op.Input(name)));
        require(isNew, () -> "there is already an input '%s'".formatted(name));
        return step(new Op.Input(name), Shape.of(axes));
    }

    /** A matrix, or one per entry of the first axes, that starts as Xavier uniform times {@code scale}. */
    public Tensor matrix(String name, double scale, Axis... axes) {
        Shape shape = Shape.of(axes);
        return parameter(name, shape, new Parameter.Initial.Xavier(scale, shape.size(-2), shape.size(-1)));
    }

    /** A matrix, or several in one tensor, that starts in its own way. */
    public Tensor matrix(String name, Parameter.Initial initial, Axis... axes) {
        return parameter(name, Shape.of(axes), initial);
    }

    /** Like {@link #matrix}, but two matrices side by side along the last axis, each with its own Xavier range. */
    public Tensor matrixPair(String name, Axis... axes) {
        Shape shape = Shape.of(axes);
        return parameter(name, shape, new Parameter.Initial.Xavier(1, shape.size(-2), shape.size(-1) / 2));
    }

    /** A parameter that starts uniform, with this standard deviation whatever its shape. */
    public Tensor uniform(String name, double deviation, Axis... axes) {
        return parameter(name, Shape.of(axes), new Parameter.Initial.Uniform(deviation));
    }

    /** A parameter that starts as one number. */
    public Tensor vector(String name, float value, Axis... axes) {
        return parameter(name, Shape.of(axes), new Parameter.Initial.Constant(value));
    }

    /** A parameter that starts as given numbers, row-major. */
    public Tensor given(String name, float[] values, Axis... axes) {
        Shape shape = Shape.of(axes);
        require(
                values.length == shape.elements(),
                () -> "%d numbers for the parameter '%s' %s".formatted(values.length, name, shape));
        return parameter(name, shape, new Parameter.Initial.Given(values));
    }

    /** Runs a scripted module on features [B, ..] and its weights: logits [B, tasks]. */
    public Tensor module(ModuleCall call, List<Tensor> features, List<Tensor> weights) {
        Shape logits = Shape.of(Shape.BATCH, Axis.of("tasks", call.tasks()));
        List<Tensor> in = new ArrayList<>(features);
        in.addAll(weights);
        List<Shape> shapes = new ArrayList<>(List.of(logits, logits));
        in.forEach(tensor -> shapes.add(tensor.shape()));
        return steps(new ModuleOp.Run(call), shapes, in.toArray(Tensor[]::new)).get(0);
    }

    /** Sums weighted rows [U, width] into bags, one per feature and example: [F, B, width]. */
    public Tensor embeddingBag(String table, Axis features, Axis width) {
        Tensor rows = input("rows." + table, Shape.BATCH, width); // Its first axis, U, varies as well.
        Tensor indices = input("indices." + table, Shape.BATCH);
        Tensor offsets = input("offsets." + table, Shape.BATCH);
        Tensor weights = input("weights." + table, Shape.BATCH);
        Op op = new BagOp.EmbeddingBag(features.size(), width.size());
        return step(op, Shape.of(features, Shape.BATCH, width), rows, indices, offsets, weights);
    }

    /** Joins along an axis; all other axes must be the same. */
    public Tensor concat(int axis, List<Tensor> parts) {
        Shape first = parts.get(0).shape();
        boolean fits = parts.stream()
                .allMatch(part -> part.shape().rank() == first.rank()
                        && part.shape().without(axis).sameAs(first.without(axis)));
        require(fits, () -> "parts joined along axis %d differ elsewhere: %s".formatted(axis, shapes(parts)));
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int total = parts.stream().mapToInt(part -> part.shape().size(axis)).sum();
        String name = parts.stream().map(part -> part.shape().axis(axis).name()).collect(Collectors.joining("+"));
        return step(new LayoutOp.Concat(axis), first.with(axis, Axis.of(name, total)), parts.toArray(Tensor[]::new));
    }

    /** Puts tensors of one shape side by side along a new first axis. */
    public Tensor stack(String axis, List<Tensor> parts) {
        Shape first = parts.get(0).shape();
        boolean fits = parts.stream().allMatch(part -> part.shape().sameAs(first));
        require(fits, () -> "stacked tensors differ in shape: " + shapes(parts));
        List<Axis> axes = new ArrayList<>(first.axes());
        axes.add(0, Axis.of(axis, parts.size()));
        return step(new LayoutOp.Stack(), new Shape(List.copyOf(axes)), parts.toArray(Tensor[]::new));
    }

    /** Has training hand out a tensor, for metrics; it need not be of use to logits or loss. */
    public void watch(String name, Tensor tensor) {
        watched.add(new Program.Watched(path(name), tensor));
    }

    /** The finished program. */
    public Program build(Program.Outputs outputs) {
        return new Program(List.copyOf(steps), List.copyOf(parameters), outputs, List.copyOf(watched));
    }

    /** Adds a step with one result. */
    Tensor step(Op op, Shape shape, Tensor... in) {
        return steps(op, List.of(shape), in).get(0);
    }

    /** Adds a step with several results. */
    List<Tensor> steps(Op op, List<Shape> shapes, Tensor... in) {
        require(Arrays.stream(in).allMatch(tensor -> tensor.graph() == this), () -> "a tensor is of another graph");
        int first = values.size();
        add(new Program.Step(op, Arrays.stream(in).map(Tensor::id).toList(), first, shapes, path(""), exact > 0));
        return IntStream.range(first, values.size()).mapToObj(this::tensor).toList();
    }

    private void add(Program.Step step) {
        steps.add(step);
        values.addAll(step.shapes());
    }

    List<Program.Step> steps() {
        return steps;
    }

    /** A value by its number. */
    Tensor tensor(int value) {
        return new Tensor(this, value, values.get(value));
    }

    /** The value of an input or a weight. */
    Tensor leaf(Op op) {
        Program.Step found = steps.stream()
                .filter(step -> step.op().equals(op))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The program has no " + op + "."));
        return tensor(found.first());
    }

    void require(boolean fits, Supplier<String> problem) {
        if (!fits) {
            String layer = scopes.isEmpty() ? "program" : path("");
            throw new ShapeException("%s (%s): %s.".formatted(layer, callingLine(), problem.get()));
        }
    }

    private Tensor parameter(String name, Shape shape, Parameter.Initial initial) {
        String path = path(name);
        Optional<Parameter> same = parameters.stream()
                .filter(parameter -> parameter.name().equals(path))
                .findFirst();
        if (same.isPresent()) {
            Shape there = same.get().shape();
            require(reusing > 0, () -> "there is already a parameter '%s'".formatted(path));
            require(there.sameAs(shape), () -> "parameter '%s' is %s, not %s".formatted(path, there, shape));
            return leaf(new Op.Weight(same.get()));
        }
        long elements = shape.axes().stream().mapToLong(Shape.Axis::size).reduce(1, Math::multiplyExact);
        require(
                size + elements <= Integer.MAX_VALUE,
                () -> "with parameter '%s' %s the ranker has more than %d weights; make it smaller"
                        .formatted(path, shape, Integer.MAX_VALUE));
        Parameter parameter = new Parameter(path, shape, size, initial);
        parameters.add(parameter);
        size += parameter.size();
        return step(new Op.Weight(parameter), shape);
    }

    private String path(String name) {
        String scope = String.join(".", scopes);
        return name.isEmpty() || scope.isEmpty() ? scope + name : scope + "." + name;
    }

    private static String shapes(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> tensor.shape().toString()).collect(Collectors.joining(", "));
    }

    private static String callingLine() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith(OWN_PACKAGE + "."))
                        .findFirst()
                        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                        .orElse("unknown line"));
    }

    /** Ends the naming that {@link #scope} began. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
