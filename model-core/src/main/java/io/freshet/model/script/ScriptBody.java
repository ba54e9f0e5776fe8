package io.freshet.model.script;

import io.freshet.model.program.Executor;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Routing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a program down as lines of TorchScript; a value is the name of a variable. */
final class ScriptBody implements Executor<String> {
    private static final String EMPTY = "torch.empty_like(";

    private final Map<String, String> inputs;
    private final Map<String, String> weights;
    private final Map<String, String> lists = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> movable = new HashMap<>(); // Line of each value that could lie elsewhere.
    private final Set<String> helpers = new LinkedHashSet<>();
    private final boolean keeps;
    private int variables;

    /**
     * The body of a method.
     *
     * @param inputs variable of each input
     * @param weights variable of each parameter, in the parameter's shape
     * @param keeps whether kernels keep what their backward step wants to see again
     */
    ScriptBody(Map<String, String> inputs, Map<String, String> weights, boolean keeps) {
        this.inputs = inputs;
        this.weights = weights;
        this.keeps = keeps;
    }

    List<String> lines() {
        return lines;
    }

    /** Files of the helper methods that the lines call. */
    Set<String> helpers() {
        return helpers;
    }

    /** Has a value end up in some memory: computed there if the operation can, else copied. */
    void store(String value, String memory) {
        Integer at = movable.remove(value);
        if (at == null) {
            lines.add(memory + "_ = torch.copy_(" + memory + ", " + value + ")");
        } else if (lines.get(at).contains(EMPTY)) {
            lines.set(at, value + " = " + memory);
        } else {
            String line = lines.get(at);
            lines.set(at, line.substring(0, line.length() - 1) + ", out=" + memory + ")");
        }
    }

    private String let(String expression) {
        String name = "v" + variables++;
        lines.add(name + " = " + expression);
        return name;
    }

    /** Like {@link #let}, of an operation that takes {@code out=}. */
    private String letMovable(String expression) {
        String name = let(expression);
        movable.put(name, lines.size() - 1);
        return name;
    }

    /** Memory for a helper method to write to, in the shape of some value. */
    private String memoryLike(String value) {
        return letMovable(EMPTY + value + ")");
    }

    /** Calls a helper method that gives one tensor, or a tuple of several. */
    private List<String> call(String file, String method, int results, Object... arguments) {
        helpers.add(file);
        String list = Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", "));
        return letAll(results, "(self)." + method + "(" + list + ")");
    }

    private List<String> letAll(int results, String expression) {
        List<String> names =
                IntStream.range(0, results).mapToObj(i -> "v" + variables++).toList();
        lines.add(String.join(", ", names) + " = " + expression);
        return names;
    }

    @Override
    public String input(String name) {
        return inputs.get(name);
    }

    @Override
    public String weight(Parameter parameter) {
        return weights.get(parameter.name());
    }

    @Override
    public String embeddingBag(String rows, String indices, String offsets, String weights) {
        String name = "v" + variables++;
        lines.add("%1$s, %1$s_a, %1$s_b, %1$s_c = torch.embedding_bag(%2$s, %3$s, %4$s, False, 0, False, %5$s, True)"
                .formatted(name, rows, indices, offsets, weights));
        return name;
    }

    @Override
    public String embeddingBagBackward(
            String gradient, String rows, String indices, String offsets, String bagWeights) {
        // What the forward operation also gave is worked out again from the offsets when it is empty.
        String none = once("torch.slice(" + indices + ", 0, 0, 0)");
        return let("torch._embedding_bag_backward(%s, %s, %s, %s, %s, %s, torch.size(%s, 0), False, 0, False, %s, -1)"
                .formatted(gradient, indices, offsets, none, none, none, rows, bagWeights));
    }

    @Override
    public String concat(List<String> parts, int axis) {
        return letMovable("torch.cat(" + parts + ", " + axis + ")");
    }

    @Override
    public String stack(List<String> parts) {
        return letMovable("torch.stack(" + parts + ", 0)");
    }

    @Override
    public String reshape(String x, long[] sizes) {
        return let("torch.reshape(" + x + ", " + Arrays.toString(sizes) + ")");
    }

    @Override
    public String transpose(String x, int[] order) {
        return let("torch.permute(" + x + ", " + Arrays.toString(order) + ")");
    }

    @Override
    public String split(String x, int axis, List<Integer> sizes, int piece) {
        return once("torch.split_with_sizes(" + x + ", " + sizes + ", " + axis + ")") + "[" + piece + "]";
    }

    @Override
    public String unbind(String x, int entry) {
        return once("torch.unbind(" + x + ", 0)") + "[" + entry + "]";
    }

    /** The variable of an expression that gives several tensors, written down when first asked for. */
    private String once(String expression) {
        return lists.computeIfAbsent(expression, this::let);
    }

    @Override
    public String repeatAs(String x, String like, int axis) {
        return let("torch.expand_as(torch.unsqueeze(" + x + ", " + axis + "), " + like + ")");
    }

    @Override
    public String product(String x, String w) {
        return letMovable("torch.mm(" + x + ", " + w + ")");
    }

    @Override
    public String matMul(String x, String w) {
        return letMovable("torch.bmm(" + x + ", " + w + ")");
    }

    @Override
    public String linear(String x, String w, String b) {
        return letMovable("torch.addmm(" + b + ", " + x + ", " + w + ")");
    }

    @Override
    public String silu(String x) {
        return let("torch.silu(" + x + ")");
    }

    @Override
    public String siluBackward(String dy, String x) {
        return let("torch.silu_backward(" + dy + ", " + x + ")");
    }

    @Override
    public String sigmoid(String x) {
        return let("torch.sigmoid(" + x + ")");
    }

    @Override
    public String sigmoidBackward(String dy, String s) {
        return let("torch.sigmoid_backward(" + dy + ", " + s + ")");
    }

    @Override
    public String relu(String x) {
        return let("torch.relu(" + x + ")");
    }

    @Override
    public String reluBackward(String dy, String x) {
        return let("torch.threshold_backward(" + dy + ", " + x + ", 0)");
    }

    @Override
    public String softplus(String x) {
        return let("torch.softplus(" + x + ", 1, 40)"); // Above 40 the result is x in every precision used.
    }

    @Override
    public String exp(String x) {
        return let("torch.exp(" + x + ")");
    }

    @Override
    public String log(String x) {
        return let("torch.log(" + x + ")");
    }

    @Override
    public String softmax(String x, int axis) {
        return let("torch.softmax(" + x + ", " + axis + ")");
    }

    @Override
    public String softmaxBackward(String dy, String y, int axis) {
        return let("torch._softmax_backward_data(%s, %s, %d, ops.prim.dtype(%s))".formatted(dy, y, axis, y));
    }

    @Override
    public List<String> rmsNorm(String x, String gain, double epsilon) {
        return call("rms_norm", "rms_norm", 2, x, gain, epsilon);
    }

    @Override
    public List<String> rmsNormBackward(String dy, String x, String gain, String r) {
        String ofGain = memoryLike(gain);
        String ofX =
                call("rms_norm", "rms_norm_backward", 1, dy, x, gain, r, ofGain).get(0);
        return List.of(ofX, ofGain);
    }

    @Override
    public List<String> layerNorm(String x, String gain, String bias, double epsilon) {
        return letAll(
                3, "torch.native_layer_norm(%s, torch.size(%s), %s, %s, %s)".formatted(x, gain, gain, bias, epsilon));
    }

    @Override
    public List<String> layerNormBackward(List<String> in) {
        return letAll(
                3,
                "torch.native_layer_norm_backward(%1$s, %2$s, torch.size(%3$s), %5$s, %6$s, %3$s, %4$s, [True, True, True])"
                        .formatted(in.toArray()));
    }

    @Override
    public List<String> swiGlu(String x, String gateUp, String down) {
        return call("swiglu", "swiglu", 2, x, gateUp, down);
    }

    @Override
    public List<String> swiGluBackward(List<String> in) {
        String ofGateUp = memoryLike(in.get(2));
        String ofDown = memoryLike(in.get(3));
        String arguments = String.join(", ", in);
        String ofX = call("swiglu", "swiglu_backward", 1, arguments, ofGateUp, ofDown)
                .get(0);
        return List.of(ofX, ofGateUp, ofDown);
    }

    @Override
    public List<String> sparseMoe(List<String> in, Routing routing) {
        return call("sparse_moe", "sparse_moe_forward", 3, String.join(", ", in), words(routing));
    }

    @Override
    public List<String> sparseMoeBackward(List<String> in, Routing routing) {
        String ofGateUp = memoryLike(in.get(3));
        String ofDown = memoryLike(in.get(4));
        String arguments = String.join(", ", in);
        List<String> results =
                call("sparse_moe", "sparse_moe_backward", 2, arguments, words(routing), ofGateUp, ofDown);
        return List.of(results.get(0), results.get(1), ofGateUp, ofDown);
    }

    private static String words(Routing routing) {
        return routing.chosen() + ", " + routing.scale() + ", " + python(routing.full());
    }

    @Override
    public String logSumExp(String x, int axis) {
        return let("torch.logsumexp(" + x + ", [" + axis + "])");
    }

    @Override
    public List<String> swiGluSublayer(List<String> in, boolean mixed, double epsilon) {
        String arguments = String.join(", ", in);
        return call("swiglu_sublayer", "swiglu_sublayer", 4, arguments, python(mixed), epsilon, python(keeps));
    }

    @Override
    public List<String> swiGluSublayerBackward(List<String> in, boolean mixed) {
        List<String> memory = in.subList(2, 5).stream().map(this::memoryLike).toList();
        List<Object> arguments = new ArrayList<>(in);
        arguments.add(python(mixed));
        arguments.addAll(memory);
        List<String> results =
                new ArrayList<>(call("swiglu_sublayer", "swiglu_sublayer_backward", 1, arguments.toArray()));
        results.addAll(memory);
        return results;
    }

    private static String python(boolean value) {
        return value ? "True" : "False";
    }

    @Override
    public String add(String x, String y) {
        return letMovable("torch.add(" + x + ", " + y + ")");
    }

    @Override
    public String multiply(String x, String y) {
        return letMovable("torch.mul(" + x + ", " + y + ")");
    }

    @Override
    public String subtract(String x, String y) {
        return letMovable("torch.sub(" + x + ", " + y + ")");
    }

    @Override
    public String divide(String x, String y) {
        return letMovable("torch.div(" + x + ", " + y + ")");
    }

    @Override
    public String scale(String x, double factor) {
        return let("torch.mul(" + x + ", " + factor + ")");
    }

    @Override
    public String sum(String x, int axis) {
        return letMovable("torch.sum(" + x + ", [" + axis + "])");
    }

    @Override
    public String sumFirst(String x, int axes) {
        return letMovable(
                "torch.sum(" + x + ", " + IntStream.range(0, axes).boxed().toList() + ")");
    }

    @Override
    public String mean(String x, int axis) {
        return letMovable("torch.mean(" + x + ", [" + axis + "])");
    }

    @Override
    public String overSize(String x, String like, int axis) {
        return let("torch.div(" + x + ", torch.size(" + like + ", " + axis + "))");
    }

    @Override
    public String filled(String x, double value) {
        return let("torch.full_like(" + x + ", " + value + ")");
    }

    @Override
    public String crossEntropy(String logits, String labels) {
        return let("torch.binary_cross_entropy_with_logits(" + logits + ", " + labels + ", None, None, 0)");
    }
}
