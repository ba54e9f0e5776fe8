package io.freshet.model.script;

import io.freshet.model.program.Executor;
import io.freshet.model.program.ModuleCall;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Routing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes a program down as lines of TorchScript, one method per operation; a value is the name of a variable. All numbers
 * are float32, or whatever the inputs and weights are.
 */
class ScriptBody extends ScriptLines implements Executor<String> {
    private final Map<String, String> inputs;
    private final Map<String, String> weights;
    private final boolean keeps;

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

    /** A value as it leaves the script. */
    String returned(String value) {
        return value;
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
        return letAll(
                        4,
                        "torch.embedding_bag(%s, %s, %s, False, 0, False, %s, True)"
                                .formatted(rows, indices, offsets, weights))
                .get(0);
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
        return parts.size() == 1
                ? let("torch.unsqueeze(" + parts.get(0) + ", 0)") // A view.
                : letMovable("torch.stack(" + parts + ", 0)");
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
    public String linearPerEntry(String x, String w, String b) {
        // Features before examples in memory, as the sublayers' kernels want it.
        return let(
                "torch.transpose(torch.baddbmm(torch.unsqueeze(%s, 2), torch.transpose(%s, 1, 2), torch.transpose(%s, 1, 2)), 1, 2)"
                        .formatted(b, w, x));
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
    public String positive(String x) {
        return let("torch.to(torch.gt(" + x + ", 0), " + x + ")");
    }

    @Override
    public String gelu(String x) {
        return let("torch.gelu(" + x + ")");
    }

    @Override
    public String geluBackward(String dy, String x) {
        return let("torch.gelu_backward(" + dy + ", " + x + ")");
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
    public List<String> pooledRmsNorm(String x, String gain, double epsilon) {
        return call("pooled_norm", "pooled_norm", 3, x, gain, epsilon);
    }

    @Override
    public List<String> pooledRmsNormBackward(List<String> in) {
        String ofGain = memoryLike(in.get(2));
        String ofX = call("pooled_norm", "pooled_norm_backward", 1, String.join(", ", in), ofGain)
                .get(0);
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
    public List<String> gatedExperts(List<String> in) {
        return call("gated_experts", "gated_experts", 2, String.join(", ", in), python(keeps));
    }

    @Override
    public List<String> sparseMoe(List<String> in, Routing routing) {
        return call("sparse_moe", "sparse_moe", 3, String.join(", ", in), words(routing), python(keeps));
    }

    @Override
    public List<String> sparseMoeBackward(List<String> in, Routing routing) {
        List<String> memory = in.subList(3, 7).stream().map(this::memoryLike).toList();
        String arguments = String.join(", ", in) + ", " + words(routing);
        String there = String.join(", ", memory);
        List<String> results = new ArrayList<>(call("sparse_moe", "sparse_moe_backward", 2, arguments, there));
        results.addAll(memory);
        return results;
    }

    @Override
    public List<String> sparseSublayer(List<String> in, Routing routing, boolean mixed, double epsilon) {
        String arguments = String.join(", ", in) + ", " + words(routing) + ", " + python(mixed);
        return call("sparse_sublayer", "sparse_sublayer", 4, arguments, epsilon, python(keeps));
    }

    @Override
    public List<String> sparseSublayerBackward(List<String> in, Routing routing, boolean mixed) {
        List<String> memory = in.subList(3, 9).stream().map(this::memoryLike).toList();
        String arguments = String.join(", ", in) + ", " + words(routing) + ", " + python(mixed);
        String there = String.join(", ", memory);
        List<String> results =
                new ArrayList<>(call("sparse_sublayer", "sparse_sublayer_backward", 1, arguments, there));
        results.addAll(memory);
        return results;
    }

    static String words(Routing routing) {
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

    static String python(boolean value) {
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
        return letMovable("torch.sum(" + x + ", " + firstAxes(axes) + ")");
    }

    static List<Integer> firstAxes(int axes) {
        return IntStream.range(0, axes).boxed().toList();
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

    @Override
    public List<String> module(ModuleCall call, List<String> in) {
        ModuleLines lines = new ModuleLines(this);
        return keeps ? lines.train(call, in) : lines.score(call, in);
    }

    @Override
    public List<String> moduleBackward(String gradient, String attached, List<String> inputs) {
        return new ModuleLines(this).gradients(gradient, attached, inputs);
    }
}
