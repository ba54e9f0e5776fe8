package io.freshet.model.script;

import io.freshet.model.program.ModuleCall;
import io.freshet.model.program.Program;
import io.freshet.model.program.Routing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a training step that multiplies in bfloat16, for GPUs with tensor cores:
 *
 * <ul>
 *   <li>products round both factors, add up in float32 and round the result; so do the kernels of {@code bf16.py}. Steps
 *       that are {@link Program.Step#exact} do not;
 *   <li>operations that go element by element keep the type of their inputs, the wider of two;
 *   <li>sums, means, softmax, logarithms and losses are float32, and so is everything that leaves the script. The weights
 *       that the optimizer changes stay float32 too; their gradients are products rounded once, then float32.
 * </ul>
 *
 * <p>bfloat16 has float32's range with 8 bits of precision, so losses need not be scaled.
 */
final class MixedBody extends ScriptBody {
    private static final String KERNELS = "bf16";
    private static final String MOE = "moe_bf16";

    private final Set<String> halves = new HashSet<>(); // Variables that are bfloat16 for sure.
    private boolean exact;

    MixedBody(Map<String, String> inputs, Map<String, String> weights) {
        super(inputs, weights, true);
    }

    @Override
    public void begin(Program.Step step) {
        exact = step.exact();
    }

    @Override
    String returned(String value) {
        return full(value);
    }

    private String half(String value) {
        return halves.contains(value) ? value : known(once("torch.to(" + value + ", 15)"));
    }

    private String known(String half) {
        halves.add(half);
        return half;
    }

    /** Steps may not tell whether a value is float32 already; if it is, this costs nothing. */
    private String full(String value) {
        return once("torch.to(" + value + ", 6)");
    }

    private List<String> halves(List<String> values) {
        return values.stream().map(this::half).toList();
    }

    private List<String> full(List<String> values) {
        return values.stream().map(this::full).toList();
    }

    /** A factor of a product. */
    private String factor(String value) {
        return exact ? full(value) : half(value);
    }

    private String likeFactors(String product) {
        return exact ? product : known(product);
    }

    /** A gradient in the flat vector is float32: no memory for a product. */
    @Override
    String memoryLike(String value) {
        return halves.contains(value) ? known(let("torch.empty_like(" + value + ")")) : super.memoryLike(value);
    }

    /** Rounded, a product does not fit where a float32 gradient goes; it is copied there. */
    private String product(String expression) {
        return likeFactors(exact ? letMovable(expression) : let(expression));
    }

    @Override
    public String product(String x, String w) {
        return product("torch.mm(" + factor(x) + ", " + factor(w) + ")");
    }

    @Override
    public String matMul(String x, String w) {
        return product("torch.bmm(" + factor(x) + ", " + factor(w) + ")");
    }

    @Override
    public String linear(String x, String w, String b) {
        return product("torch.addmm(" + factor(b) + ", " + factor(x) + ", " + factor(w) + ")");
    }

    @Override
    public String linearPerEntry(String x, String w, String b) {
        return likeFactors(super.linearPerEntry(factor(x), factor(w), factor(b)));
    }

    @Override
    public List<String> rmsNorm(String x, String gain, double epsilon) {
        List<String> results = call(KERNELS, "rms_norm_bf16", 2, half(x), gain, epsilon);
        known(results.get(0));
        return results;
    }

    @Override
    public List<String> rmsNormBackward(String dy, String x, String gain, String r) {
        String ofGain = memoryLike(gain);
        String ofX = call(KERNELS, "rms_norm_backward_bf16", 1, half(dy), half(x), gain, r, ofGain)
                .get(0);
        return List.of(known(ofX), ofGain);
    }

    @Override
    public List<String> pooledRmsNorm(String x, String gain, double epsilon) {
        return call(KERNELS, "pooled_norm_bf16", 3, half(x), gain, epsilon);
    }

    @Override
    public List<String> pooledRmsNormBackward(List<String> in) {
        String ofGain = memoryLike(in.get(2));
        List<Object> arguments = new ArrayList<>(List.of(full(in.get(0)), half(in.get(1))));
        arguments.addAll(in.subList(2, 5));
        arguments.add(ofGain);
        String ofX = call(KERNELS, "pooled_norm_backward_bf16", 1, arguments.toArray())
                .get(0);
        return List.of(known(ofX), ofGain);
    }

    @Override
    public List<String> swiGluSublayer(List<String> in, boolean mixed, double epsilon) {
        List<Object> arguments = new ArrayList<>(in);
        arguments.set(0, half(in.get(0)));
        arguments.add(python(mixed));
        arguments.add(epsilon);
        List<String> results = call(KERNELS, "swiglu_sublayer_bf16", 4, arguments.toArray());
        known(results.get(0));
        return results;
    }

    @Override
    public List<String> swiGluSublayerBackward(List<String> in, boolean mixed) {
        List<String> memory = in.subList(2, 5).stream().map(this::memoryLike).toList();
        List<Object> arguments = new ArrayList<>(List.of(half(in.get(0)), half(in.get(1)), in.get(2)));
        arguments.addAll(in.subList(5, 8));
        arguments.add(python(mixed));
        arguments.addAll(memory);
        List<String> results = new ArrayList<>(call(KERNELS, "swiglu_sublayer_backward_bf16", 1, arguments.toArray()));
        known(results.get(0));
        results.addAll(memory);
        return results;
    }

    @Override
    public List<String> swiGlu(String x, String gateUp, String down) {
        List<String> results = super.swiGlu(half(x), half(gateUp), half(down));
        results.forEach(this::known);
        return results;
    }

    @Override
    public List<String> swiGluBackward(List<String> in) {
        return super.swiGluBackward(halves(in));
    }

    @Override
    public List<String> gatedExperts(List<String> in) {
        return super.gatedExperts(halves(in));
    }

    @Override
    public List<String> sparseMoe(List<String> in, Routing routing) {
        List<String> weights = in.subList(2, 6);
        List<String> results =
                call(MOE, "sparse_moe_bf16", 3, half(in.get(0)), full(in.get(1)), list(weights), words(routing));
        known(results.get(0));
        return results;
    }

    @Override
    public List<String> sparseMoeBackward(List<String> in, Routing routing) {
        List<String> memory = in.subList(3, 7).stream().map(this::memoryLike).toList();
        List<String> results = new ArrayList<>(call(
                MOE,
                "sparse_moe_backward_bf16",
                2,
                half(in.get(0)),
                half(in.get(1)),
                full(in.get(2)),
                in.get(7),
                python(routing.full()),
                list(memory)));
        known(results.get(0));
        results.addAll(memory);
        return results;
    }

    @Override
    public List<String> sparseSublayer(List<String> in, Routing routing, boolean mixed, double epsilon) {
        String gain = in.get(1);
        String router = in.get(2);
        List<String> results = call(
                MOE,
                "sparse_sublayer_bf16",
                4,
                half(in.get(0)),
                gain,
                router,
                list(in.subList(3, 7)),
                words(routing),
                python(mixed),
                epsilon);
        known(results.get(0));
        return results;
    }

    @Override
    public List<String> sparseSublayerBackward(List<String> in, Routing routing, boolean mixed) {
        List<String> memory = in.subList(3, 9).stream().map(this::memoryLike).toList();
        List<Object> arguments = new ArrayList<>(List.of(half(in.get(0)), full(in.get(1)), half(in.get(2))));
        arguments.addAll(in.subList(3, 5)); // Gain and router.
        arguments.addAll(in.subList(9, 11)); // Logits, and what forward has kept.
        arguments.addAll(List.of(python(routing.full()), python(mixed), memory.get(0), memory.get(1)));
        arguments.add(list(memory.subList(2, 6)));
        List<String> results = new ArrayList<>(call(MOE, "sparse_sublayer_backward_bf16", 1, arguments.toArray()));
        known(results.get(0));
        results.addAll(memory);
        return results;
    }

    private static String list(List<String> values) {
        return "[" + String.join(", ", values) + "]";
    }

    @Override
    public String embeddingBagBackward(String gradient, String rows, String indices, String offsets, String weights) {
        return super.embeddingBagBackward(full(gradient), rows, indices, offsets, weights);
    }

    @Override
    public List<String> layerNorm(String x, String gain, String bias, double epsilon) {
        return super.layerNorm(full(x), gain, bias, epsilon);
    }

    @Override
    public List<String> layerNormBackward(List<String> in) {
        return super.layerNormBackward(full(in));
    }

    @Override
    public String softplus(String x) {
        return super.softplus(full(x));
    }

    @Override
    public String exp(String x) {
        return super.exp(full(x));
    }

    @Override
    public String log(String x) {
        return super.log(full(x));
    }

    @Override
    public String softmax(String x, int axis) {
        return super.softmax(full(x), axis);
    }

    @Override
    public String softmaxBackward(String dy, String y, int axis) {
        return super.softmaxBackward(full(dy), full(y), axis);
    }

    @Override
    public String logSumExp(String x, int axis) {
        return super.logSumExp(full(x), axis);
    }

    @Override
    public String sigmoid(String x) {
        return super.sigmoid(full(x));
    }

    @Override
    public String sigmoidBackward(String dy, String s) {
        return super.sigmoidBackward(full(dy), full(s));
    }

    @Override
    public String crossEntropy(String logits, String labels) {
        return super.crossEntropy(full(logits), labels);
    }

    @Override
    public String sum(String x, int axis) {
        return letMovable("torch.sum(" + x + ", [" + axis + "], False, dtype=6)");
    }

    @Override
    public String sumFirst(String x, int axes) {
        return letMovable("torch.sum(" + x + ", " + firstAxes(axes) + ", False, dtype=6)");
    }

    @Override
    public String mean(String x, int axis) {
        return letMovable("torch.mean(" + x + ", [" + axis + "], False, dtype=6)");
    }

    @Override
    public List<String> module(ModuleCall call, List<String> in) {
        return super.module(call, full(in));
    }

    @Override
    public List<String> moduleBackward(String gradient, String attached, List<String> inputs) {
        return super.moduleBackward(full(gradient), attached, inputs);
    }
}
