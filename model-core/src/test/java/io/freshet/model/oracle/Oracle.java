package io.freshet.model.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
 * Computes a program in float64 with the engine's plainest operations: what a script must agree with. Rows are summed
 * into bags by a matrix product, and norm, activations and cross entropy are spelled out.
 */
public final class Oracle implements Executor<NDArray> {
    private final NDManager manager;
    private final Map<String, NDArray> inputs;
    private final Map<String, NDArray> weights;

    /**
     * An oracle for one run.
     *
     * @param inputs float64 by name; indices and offsets of bags as integers
     * @param weights float64 by the parameter's name
     */
    public Oracle(NDManager manager, Map<String, NDArray> inputs, Map<String, NDArray> weights) {
        this.manager = manager;
        this.inputs = inputs;
        this.weights = weights;
    }

    @Override
    public NDArray input(String name) {
        return inputs.get(name);
    }

    @Override
    public NDArray weight(Parameter parameter) {
        return weights.get(parameter.name());
    }

    @Override
    public NDArray embeddingBag(NDArray rows, NDArray indices, NDArray offsets, NDArray bagWeights) {
        return shares(rows, indices, offsets, bagWeights).matMul(rows);
    }

    @Override
    public NDArray embeddingBagBackward(
            NDArray gradient, NDArray rows, NDArray indices, NDArray offsets, NDArray bagWeights) {
        return shares(rows, indices, offsets, bagWeights).transpose(1, 0).matMul(gradient);
    }

    /** How much of each row is in each bag, [bags, U]. */
    private NDArray shares(NDArray rows, NDArray indices, NDArray offsets, NDArray bagWeights) {
        int[] index = indices.toIntArray();
        int[] offset = offsets.toIntArray();
        double[] weight = bagWeights.toDoubleArray();
        int unique = (int) rows.getShape().get(0);
        double[] share = new double[(offset.length - 1) * unique];
        for (int bag = 0; bag < offset.length - 1; bag++) {
            for (int i = offset[bag]; i < offset[bag + 1]; i++) {
                share[bag * unique + index[i]] += weight[i];
            }
        }
        return manager.create(share, new Shape(offset.length - 1, unique));
    }

    @Override
    public NDArray concat(List<NDArray> parts, int axis) {
        return NDArrays.concat(new NDList(parts), axis);
    }

    @Override
    public NDArray stack(List<NDArray> parts) {
        return NDArrays.stack(new NDList(parts), 0);
    }

    @Override
    public NDArray reshape(NDArray x, long[] sizes) {
        return x.reshape(sizes);
    }

    @Override
    public NDArray transpose(NDArray x, int[] order) {
        return x.transpose(order);
    }

    @Override
    public NDArray split(NDArray x, int axis, List<Integer> sizes, int piece) {
        int start = sizes.subList(0, piece).stream().mapToInt(Integer::intValue).sum();
        return x.get(":,".repeat(axis) + start + ":" + (start + sizes.get(piece)));
    }

    @Override
    public NDArray unbind(NDArray x, int entry) {
        return x.get(entry);
    }

    @Override
    public NDArray repeatAs(NDArray x, NDArray like, int axis) {
        return x.expandDims(axis).broadcast(like.getShape());
    }

    @Override
    public NDArray product(NDArray x, NDArray w) {
        return x.matMul(w);
    }

    @Override
    public NDArray matMul(NDArray x, NDArray w) {
        return x.matMul(w);
    }

    @Override
    public NDArray linear(NDArray x, NDArray w, NDArray b) {
        return x.matMul(w).add(b);
    }

    @Override
    public NDArray linearPerEntry(NDArray x, NDArray w, NDArray b) {
        return x.matMul(w).add(b.expandDims(1));
    }

    @Override
    public NDArray silu(NDArray x) {
        return x.div(x.neg().exp().add(1));
    }

    @Override
    public NDArray siluBackward(NDArray dy, NDArray x) {
        NDArray s = sigmoid(x);
        return dy.mul(s).mul(x.mul(s.neg().add(1)).add(1));
    }

    @Override
    public NDArray sigmoid(NDArray x) {
        return x.neg().exp().add(1).pow(-1);
    }

    @Override
    public NDArray sigmoidBackward(NDArray dy, NDArray s) {
        return dy.mul(s).mul(s.neg().add(1));
    }

    @Override
    public NDArray relu(NDArray x) {
        return x.mul(positive(x));
    }

    @Override
    public NDArray reluBackward(NDArray dy, NDArray x) {
        return dy.mul(positive(x));
    }

    @Override
    public NDArray positive(NDArray x) {
        return x.gt(0).toType(DataType.FLOAT64, true);
    }

    @Override
    public NDArray gelu(NDArray x) {
        return x.mul(normal(x));
    }

    @Override
    public NDArray geluBackward(NDArray dy, NDArray x) {
        NDArray density = x.mul(x).div(-2).exp().div(Math.sqrt(2 * Math.PI));
        return dy.mul(normal(x).add(x.mul(density)));
    }

    /** The normal distribution function. */
    private static NDArray normal(NDArray x) {
        return x.div(Math.sqrt(2)).erf().add(1).div(2);
    }

    @Override
    public NDArray softplus(NDArray x) {
        return x.maximum(0).add(x.abs().neg().exp().add(1).log());
    }

    @Override
    public NDArray exp(NDArray x) {
        return x.exp();
    }

    @Override
    public NDArray log(NDArray x) {
        return x.log();
    }

    @Override
    public NDArray softmax(NDArray x, int axis) {
        NDArray e = x.exp();
        return e.div(e.sum(new int[] {axis}, true));
    }

    @Override
    public NDArray softmaxBackward(NDArray dy, NDArray y, int axis) {
        return y.mul(dy.sub(y.mul(dy).sum(new int[] {axis}, true)));
    }

    @Override
    public List<NDArray> rmsNorm(NDArray x, NDArray gain, double epsilon) {
        NDArray r = overLast(x.mul(x)).add(epsilon).pow(-0.5);
        return List.of(x.mul(r).mul(gain), r);
    }

    @Override
    public List<NDArray> rmsNormBackward(NDArray dy, NDArray x, NDArray gain, NDArray r) {
        NDArray q = dy.mul(gain);
        NDArray ofX = r.mul(q).sub(x.mul(r.pow(3)).mul(overLast(q.mul(x))));
        return List.of(ofX, overFirst(dy.mul(x).mul(r)));
    }

    @Override
    public List<NDArray> pooledRmsNorm(NDArray x, NDArray gain, double epsilon) {
        List<NDArray> normed = rmsNorm(x, gain, epsilon);
        NDArray r = normed.get(1);
        return List.of(
                normed.get(0).mean(new int[] {0}), x.mul(r).mean(new int[] {0}).transpose(1, 0), r.transpose(0, 2, 1));
    }

    @Override
    public List<NDArray> pooledRmsNormBackward(List<NDArray> in) {
        NDArray x = in.get(1);
        NDArray each = in.get(0)
                .div(x.getShape().get(0))
                .expandDims(0)
                .repeat(0, x.getShape().get(0));
        return rmsNormBackward(each, x, in.get(2), in.get(4).transpose(0, 2, 1));
    }

    @Override
    public List<NDArray> layerNorm(NDArray x, NDArray gain, NDArray bias, double epsilon) {
        NDArray mean = overLast(x);
        NDArray centred = x.sub(mean);
        NDArray r = overLast(centred.mul(centred)).add(epsilon).pow(-0.5);
        return List.of(centred.mul(r).mul(gain).add(bias), mean, r);
    }

    @Override
    public List<NDArray> layerNormBackward(List<NDArray> in) {
        NDArray dy = in.get(0);
        NDArray r = in.get(5);
        NDArray normed = in.get(1).sub(in.get(4)).mul(r);
        NDArray q = dy.mul(in.get(2));
        NDArray ofX = r.mul(q.sub(overLast(q)).sub(normed.mul(overLast(q.mul(normed)))));
        return List.of(ofX, overFirst(dy.mul(normed)), overFirst(dy));
    }

    /** Mean over the last axis, which stays with size 1. */
    private static NDArray overLast(NDArray x) {
        return x.mean(new int[] {x.getShape().dimension() - 1}, true);
    }

    /** Sum over all axes but the last. */
    private static NDArray overFirst(NDArray x) {
        return x.reshape(-1, x.getShape().get(x.getShape().dimension() - 1)).sum(new int[] {0});
    }

    @Override
    public List<NDArray> swiGlu(NDArray x, NDArray gateUp, NDArray down) {
        NDArray both = x.matMul(gateUp.transpose(0, 2, 1));
        NDArray hidden = silu(half(both, 0)).mul(half(both, 1));
        return List.of(hidden.matMul(down), both);
    }

    @Override
    public List<NDArray> swiGluBackward(List<NDArray> in) {
        NDArray dy = in.get(0);
        NDArray gate = half(in.get(4), 0);
        NDArray up = half(in.get(4), 1);
        NDArray ofHidden = dy.matMul(in.get(3).transpose(0, 2, 1));
        NDArray ofGate = siluBackward(ofHidden.mul(up), gate);
        NDArray ofBoth = NDArrays.concat(new NDList(ofGate, ofHidden.mul(silu(gate))), 2);
        return List.of(
                ofBoth.matMul(in.get(2)),
                ofBoth.transpose(0, 2, 1).matMul(in.get(1)),
                silu(gate).mul(up).transpose(0, 2, 1).matMul(dy));
    }

    private static NDArray half(NDArray both, int which) {
        long m = both.getShape().get(2) / 2;
        return both.get(":,:," + which * m + ":" + (which + 1) * m);
    }

    @Override
    public List<NDArray> gatedExperts(List<NDArray> in) {
        NDArray gates = in.get(1);
        NDArray sum = in.get(0).matMul(in.get(2)).add(in.get(3).expandDims(1)); // [N, B, h]
        long experts = gates.getShape().get(2);
        NDArray hidden = gelu(sum)
                .reshape(sum.getShape().get(0), -1, experts, sum.getShape().get(2) / experts);
        NDArray gated = hidden.mul(gates.expandDims(3)).reshape(sum.getShape());
        return List.of(gated.matMul(in.get(4)).add(gates.matMul(in.get(5))), sum);
    }

    @Override
    public List<NDArray> sparseMoe(List<NDArray> in, Routing routing) {
        return new OracleMoe(in, routing).forward();
    }

    @Override
    public List<NDArray> sparseMoeBackward(List<NDArray> in, Routing routing) {
        return new OracleMoe(in.subList(1, 7), routing).backward(in.get(0));
    }

    @Override
    public List<NDArray> sparseSublayer(List<NDArray> in, Routing routing, boolean mixed, double epsilon) {
        NDArray x = in.get(0);
        List<NDArray> normed = rmsNorm(x, in.get(1), epsilon);
        NDArray n = mixed(normed.get(0), in.get(2), mixed);
        NDArray logits = n.matMul(in.get(2));
        List<NDArray> results = mixture(n, logits, in.subList(3, 7), routing).forward();
        return List.of(x.add(reverted(results.get(0), x, mixed)), logits, results.get(1), normed.get(1));
    }

    @Override
    public List<NDArray> sparseSublayerBackward(List<NDArray> in, Routing routing, boolean mixed) {
        NDArray dy = in.get(0);
        NDArray x = in.get(2);
        NDArray router = in.get(4);
        NDArray r = in.get(10);
        NDArray n = mixed(x.mul(r).mul(in.get(3)), router, mixed);
        List<NDArray> of = mixture(n, in.get(9), in.subList(5, 9), routing).backward(mixed(dy, router, mixed));
        NDArray ofLogits = of.get(1).add(in.get(1));
        NDArray ofN = of.get(0).add(ofLogits.matMul(router.transpose(0, 2, 1)));
        List<NDArray> norm = rmsNormBackward(reverted(ofN, x, mixed), x, in.get(3), r);
        List<NDArray> all = new ArrayList<>(List.of(dy.add(norm.get(0)), norm.get(1)));
        all.add(n.transpose(0, 2, 1).matMul(ofLogits));
        all.addAll(of.subList(2, 6));
        return all;
    }

    private static OracleMoe mixture(NDArray n, NDArray logits, List<NDArray> experts, Routing routing) {
        List<NDArray> in = new ArrayList<>(List.of(n, logits));
        in.addAll(experts);
        return new OracleMoe(in, routing);
    }

    @Override
    public NDArray logSumExp(NDArray x, int axis) {
        return x.exp().sum(new int[] {axis}).log();
    }

    @Override
    public List<NDArray> swiGluSublayer(List<NDArray> in, boolean mixed, double epsilon) {
        NDArray x = in.get(0);
        List<NDArray> normed = rmsNorm(x, in.get(1), epsilon);
        List<NDArray> net = swiGlu(mixed(normed.get(0), in.get(2), mixed), in.get(2), in.get(3));
        NDArray both = net.get(1);
        NDArray hidden = silu(half(both, 0)).mul(half(both, 1));
        NDArray y = x.add(reverted(net.get(0), x, mixed));
        return List.of(
                y,
                both.transpose(0, 2, 1),
                hidden.transpose(0, 2, 1),
                normed.get(1).transpose(0, 2, 1));
    }

    @Override
    public List<NDArray> swiGluSublayerBackward(List<NDArray> in, boolean mixed) {
        NDArray dy = in.get(0);
        NDArray x = in.get(1);
        NDArray r = in.get(7).transpose(0, 2, 1);
        NDArray normed = mixed(x.mul(r).mul(in.get(2)), in.get(3), mixed);
        NDArray both = in.get(5).transpose(0, 2, 1);
        List<NDArray> net = swiGluBackward(List.of(mixed(dy, in.get(3), mixed), normed, in.get(3), in.get(4), both));
        List<NDArray> norm = rmsNormBackward(reverted(net.get(0), x, mixed), x, in.get(2), r);
        return List.of(dy.add(norm.get(0)), norm.get(1), net.get(1), net.get(2));
    }

    /** Tokens [T, B, D] as heads [H, B, T D / H], as many as there are weights, or as they are. */
    private static NDArray mixed(NDArray x, NDArray weights, boolean mixed) {
        Shape shape = x.getShape();
        long heads = weights.getShape().get(0);
        long width = shape.get(0) * shape.get(2) / heads;
        long slice = shape.get(2) / heads;
        return !mixed
                ? x
                : x.reshape(shape.get(0), shape.get(1), heads, slice)
                        .transpose(2, 1, 0, 3)
                        .reshape(heads, shape.get(1), width);
    }

    /** The inverse of {@link #mixed}, in the shape of the tokens. */
    private static NDArray reverted(NDArray y, NDArray tokens, boolean mixed) {
        Shape shape = tokens.getShape();
        long heads = y.getShape().get(0);
        return !mixed
                ? y
                : y.reshape(heads, shape.get(1), shape.get(0), shape.get(2) / heads)
                        .transpose(2, 1, 0, 3)
                        .reshape(shape);
    }

    @Override
    public NDArray add(NDArray x, NDArray y) {
        return x.add(y);
    }

    @Override
    public NDArray multiply(NDArray x, NDArray y) {
        return x.mul(y);
    }

    @Override
    public NDArray subtract(NDArray x, NDArray y) {
        return x.sub(y);
    }

    @Override
    public NDArray divide(NDArray x, NDArray y) {
        return x.div(y);
    }

    @Override
    public NDArray scale(NDArray x, double factor) {
        return x.mul(factor);
    }

    @Override
    public NDArray sum(NDArray x, int axis) {
        return x.sum(new int[] {axis});
    }

    @Override
    public NDArray sumFirst(NDArray x, int axes) {
        return x.sum(IntStream.range(0, axes).toArray());
    }

    @Override
    public NDArray mean(NDArray x, int axis) {
        return x.sum(new int[] {axis}).div(x.getShape().get(axis));
    }

    @Override
    public NDArray overSize(NDArray x, NDArray like, int axis) {
        return x.div(like.getShape().get(axis));
    }

    @Override
    public NDArray filled(NDArray x, double value) {
        return x.zerosLike().add(value);
    }

    @Override
    public NDArray crossEntropy(NDArray logits, NDArray labels) {
        NDArray softplus = logits.maximum(0).add(logits.abs().neg().exp().add(1).log());
        return softplus.sub(logits.mul(labels));
    }

    /** A float64 array of some shape. */
    public static NDArray doubles(NDManager manager, double[] values, long... shape) {
        NDArray array = manager.create(values, new Shape(shape));
        if (array.getDataType() != DataType.FLOAT64) {
            throw new IllegalStateException("Not float64: " + Arrays.toString(shape));
        }
        return array;
    }

    @Override
    public List<NDArray> module(ModuleCall call, List<NDArray> in) {
        throw new UnsupportedOperationException("Only the engine can run a scripted module.");
    }

    @Override
    public List<NDArray> moduleBackward(NDArray gradient, NDArray attached, List<NDArray> inputs) {
        throw new UnsupportedOperationException("Only the engine can differentiate a scripted module.");
    }
}
