package io.freshet.model.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.freshet.model.program.Executor;
import io.freshet.model.program.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
        int[] index = indices.toIntArray();
        int[] offset = offsets.toIntArray();
        double[] weight = bagWeights.toDoubleArray();
        int unique = (int) rows.getShape().get(0);
        double[] share = new double[(offset.length - 1) * unique]; // [bags, U]
        for (int bag = 0; bag < offset.length - 1; bag++) {
            for (int i = offset[bag]; i < offset[bag + 1]; i++) {
                share[bag * unique + index[i]] += weight[i];
            }
        }
        return manager.create(share, new Shape(offset.length - 1, unique)).matMul(rows);
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
    public NDArray matMul(NDArray x, NDArray w) {
        return x.matMul(w);
    }

    @Override
    public NDArray linear(NDArray x, NDArray w, NDArray b) {
        return x.matMul(w).add(b);
    }

    @Override
    public NDArray silu(NDArray x) {
        return x.div(x.neg().exp().add(1));
    }

    @Override
    public NDArray rmsNorm(NDArray x, NDArray gain, double epsilon) {
        int last = x.getShape().dimension() - 1;
        return x.div(x.mul(x).mean(new int[] {last}, true).add(epsilon).sqrt()).mul(gain);
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
    public NDArray scale(NDArray x, double factor) {
        return x.mul(factor);
    }

    @Override
    public NDArray sum(NDArray x, int axis) {
        return x.sum(new int[] {axis});
    }

    @Override
    public NDArray mean(NDArray x, int axis) {
        return x.sum(new int[] {axis}).div(x.getShape().get(axis));
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
}
