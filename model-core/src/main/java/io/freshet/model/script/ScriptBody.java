package io.freshet.model.script;

import io.freshet.model.program.Executor;
import io.freshet.model.program.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes a program down as lines of TorchScript; a value is the name of a variable. */
final class ScriptBody implements Executor<String> {
    private final Map<String, String> inputs;
    private final List<Parameter> parameters;
    private final List<String> lines = new ArrayList<>();
    private int variables;

    /**
     * The body of a method that has a variable {@code parts}, the list of all parameters as flat slices.
     *
     * @param inputs variable of each input
     * @param parameters in the order of {@code parts}
     */
    ScriptBody(Map<String, String> inputs, List<Parameter> parameters) {
        this.inputs = inputs;
        this.parameters = parameters;
    }

    List<String> lines() {
        return lines;
    }

    /** The flat vector's split into parameters. */
    static String split(List<Parameter> parameters, String vector) {
        return "parts = torch.split_with_sizes(%s, %s)"
                .formatted(vector, parameters.stream().map(Parameter::size).toList());
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
        long[] sizes = parameter.shape().sizes();
        return let("torch.view(parts[%d], %s)".formatted(parameters.indexOf(parameter), Arrays.toString(sizes)));
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
    public String narrow(String x, int axis, int start, int length) {
        return let("torch.narrow(%s, %d, %d, %d)".formatted(x, axis, start, length));
    }

    @Override
    public String select(String x, int axis, int index) {
        return let("torch.select(%s, %d, %d)".formatted(x, axis, index));
    }

    @Override
    public String matMul(String x, String w) {
        return let("torch.mm(" + x + ", " + w + ")");
    }

    @Override
    public String batchMatMul(String x, String w) {
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
    public String sigmoid(String x) {
        return let("torch.sigmoid(" + x + ")");
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
