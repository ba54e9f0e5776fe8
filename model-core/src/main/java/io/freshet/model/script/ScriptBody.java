package io.freshet.model.script;

import io.freshet.model.program.Executor;
import io.freshet.model.program.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a program down as lines of TorchScript; a value is the name of a variable. */
final class ScriptBody implements Executor<String> {
    private final Map<String, String> inputs;
    private final Map<String, String> weights;
    private final Map<String, String> lists = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private int variables;

    /**
     * The body of a method.
     *
     * @param inputs variable of each input
     * @param weights variable of each parameter, in the parameter's shape
     */
    ScriptBody(Map<String, String> inputs, Map<String, String> weights) {
        this.inputs = inputs;
        this.weights = weights;
    }

    List<String> lines() {
        return lines;
    }

    private String let(String expression) {
        String name = "v" + variables++;
        lines.add(name + " = " + expression);
        return name;
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
    public String concat(List<String> parts, int axis) {
        return let("torch.cat(" + parts + ", " + axis + ")");
    }

    @Override
    public String stack(List<String> parts) {
        return let("torch.stack(" + parts + ", 0)");
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
    public String matMul(String x, String w) {
        return let("torch.bmm(" + x + ", " + w + ")");
    }

    @Override
    public String linear(String x, String w, String b) {
        return let("torch.addmm(" + b + ", " + x + ", " + w + ")");
    }

    @Override
    public String silu(String x) {
        return let("torch.silu(" + x + ")");
    }

    @Override
    public String rmsNorm(String x, String gain, double epsilon) {
        return let("torch.rms_norm(" + x + ", torch.size(" + gain + "), " + gain + ", " + epsilon + ")");
    }

    @Override
    public String add(String x, String y) {
        return let("torch.add(" + x + ", " + y + ")");
    }

    @Override
    public String multiply(String x, String y) {
        return let("torch.mul(" + x + ", " + y + ")");
    }

    @Override
    public String scale(String x, double factor) {
        return let("torch.mul(" + x + ", " + factor + ")");
    }

    @Override
    public String sum(String x, int axis) {
        return let("torch.sum(" + x + ", [" + axis + "])");
    }

    @Override
    public String mean(String x, int axis) {
        return let("torch.mean(" + x + ", [" + axis + "])");
    }

    @Override
    public String crossEntropy(String logits, String labels) {
        return let("torch.binary_cross_entropy_with_logits(" + logits + ", " + labels + ", None, None, 0)");
    }
}
