package io.freshet.model.program;

import java.util.List;

/**
 * Carries out a program over some kind of value: numbers for an oracle, source code for a script.
 *
 * <p>Shapes were checked when the program was built; axes are never negative.
 *
 * @param <V> what stands for a tensor
 */
public interface Executor<V> {
    /** A step comes next, by one of the methods below. */
    default void begin(Program.Step step) {}

    /** The input of this name. */
    V input(String name);

    /** A slice of the flat weight vector, in the parameter's shape. */
    V weight(Parameter parameter);

    /** Weighted sums of rows [U, width] into bags; offsets has one entry more than there are bags. */
    V embeddingBag(V rows, V indices, V offsets, V weights);

    /** The gradient of the rows, given that of the bags [bags, width]. */
    V embeddingBagBackward(V gradient, V rows, V indices, V offsets, V weights);

    /** Joins along an axis. */
    V concat(List<V> parts, int axis);

    /** Puts side by side along a new first axis. */
    V stack(List<V> parts);

    /** Other axes, same numbers; at most one size is -1. */
    V reshape(V x, long[] sizes);

    /** Reorders the axes. */
    V transpose(V x, int[] order);

    /** One of the pieces into which an axis is cut. */
    V split(V x, int axis, List<Integer> sizes, int piece);

    /** One entry of the first axis, which goes away. */
    V unbind(V x, int entry);

    /** Repeats x along a new axis, as often as the other is long there. */
    V repeatAs(V x, V like, int axis);

    /** A matrix product per entry of the first axis, [p, n, k] x [p, k, m]. */
    V matMul(V x, V w);

    /** A matrix product, [n, k] x [k, m]. */
    V product(V x, V w);

    /** x w + b with x [B, in], w [in, out], b [out]. */
    V linear(V x, V w, V b);

    /** x w + b per entry of the first axis, with x [p, n, k], w [p, k, m], b [p, m]. */
    V linearPerEntry(V x, V w, V b);

    /** x sigmoid(x). */
    V silu(V x);

    /** dy s (1 + x (1 - s)), s = sigmoid(x). */
    V siluBackward(V dy, V x);

    /** 1 / (1 + exp(-x)). */
    V sigmoid(V x);

    /** dy s (1 - s). */
    V sigmoidBackward(V dy, V s);

    /** max(x, 0). */
    V relu(V x);

    /** dy where x > 0, else 0. */
    V reluBackward(V dy, V x);

    /** 1 where x > 0, else 0. */
    V positive(V x);

    /** x times the normal distribution function of x. */
    V gelu(V x);

    /** dy (N(x) + x n(x)), N the normal distribution function and n its density. */
    V geluBackward(V dy, V x);

    /** log(1 + exp(x)). */
    V softplus(V x);

    /** e to the power of x. */
    V exp(V x);

    /** The natural logarithm. */
    V log(V x);

    /** exp(x) / sum(exp(x)) along an axis. */
    V softmax(V x, int axis);

    /** y (dy - sum(y dy)) along an axis. */
    V softmaxBackward(V dy, V y, int axis);

    /** x r gain and r = 1 / sqrt(mean(x^2) + epsilon) over the last axis, which r keeps with size 1. */
    List<V> rmsNorm(V x, V gain, double epsilon);

    /** Gradients of x and gain. */
    List<V> rmsNormBackward(V dy, V x, V gain, V r);

    /** The mean over all positions of {@link #rmsNorm}, [T, B, D] to [B, D], and two results for the backward step. */
    List<V> pooledRmsNorm(V x, V gain, double epsilon);

    /** Gradients of x and gain, of dy [B, D], x, gain and the other results of {@link #pooledRmsNorm}. */
    List<V> pooledRmsNormBackward(List<V> in);

    /** (x - mean) r gain + bias, mean and r = 1 / sqrt(variance + epsilon) over the last axis. */
    List<V> layerNorm(V x, V gain, V bias, double epsilon);

    /** Gradients of x, gain and bias, of (dy, x, gain, bias, mean, r). */
    List<V> layerNormBackward(List<V> in);

    /** y = (silu(gate) * up) down and gate|up = x gateUp^T, per entry of the first axis. */
    List<V> swiGlu(V x, V gateUp, V down);

    /** Gradients of x, gateUp and down, of (dy, x, gateUp, down, gate|up). */
    List<V> swiGluBackward(List<V> in);

    /**
     * Result, rows of each routed expert, and what backward wants to see again, of (x [N, B, W], logits [N, B, R], gateUp
     * [N, R, W, 2m], down [N, R, m, W], sharedGateUp [N, W, 2m], sharedDown [N, m, W]).
     */
    List<V> sparseMoe(List<V> in, Routing routing);

    /** Gradients of the inputs of {@link #sparseMoe}, of (do, those inputs, seen). */
    List<V> sparseMoeBackward(List<V> in, Routing routing);

    /**
     * Of (x [T, B, D], gain [D], router [N, W, R], and weights as in {@link #sparseMoe}): y = x + F(norm(x)), or mixed to y
     * = x + revert(F(mix(norm(x)))), F that mixture with logits = router's; then the logits [N, B, R], the rows of each
     * routed expert, and what backward wants to see again.
     */
    List<V> sparseSublayer(List<V> in, Routing routing, boolean mixed, double epsilon);

    /** Gradients of the inputs of {@link #sparseSublayer}, of (dy, gradient of the logits, those inputs, logits, seen). */
    List<V> sparseSublayerBackward(List<V> in, Routing routing, boolean mixed);

    /**
     * Of (x, gates, w1, b1, w2, b2): sum over experts j of gates_j (gelu(x w1_j + b1_j) w2_j + b2_j), per entry of the
     * first axis, and x w1 + b1.
     */
    List<V> gatedExperts(List<V> in);

    /** log(sum(exp(x))) along an axis, which goes away. */
    V logSumExp(V x, int axis);

    /**
     * Of (x [T, B, D], gain [D], gateUp [N, 2m, W], down [N, m, W]): y = x + F(norm(x)), or mixed to y = x +
     * revert(F(mix(norm(x)))), F the net of {@link #swiGlu}; then gate|up or what backward needs of them [N, 2m, B],
     * silu(gate) * up [N, m, B], and 1 / rms(x) [T, 1, B].
     */
    List<V> swiGluSublayer(List<V> in, boolean mixed, double epsilon);

    /** Gradients of x, gain, gateUp and down, of (dy, x, gain, gateUp, down, and the other results of forward). */
    List<V> swiGluSublayerBackward(List<V> in, boolean mixed);

    /** Sum; y is repeated along missing first axes. */
    V add(V x, V y);

    /** Product; y is repeated along missing first axes. */
    V multiply(V x, V y);

    /** Difference; y is repeated along missing first axes. */
    V subtract(V x, V y);

    /** Quotient; y is repeated along missing first axes. */
    V divide(V x, V y);

    /** Product with a number. */
    V scale(V x, double factor);

    /** Sum along an axis, which goes away. */
    V sum(V x, int axis);

    /** Sum along the first axes, which go away. */
    V sumFirst(V x, int axes);

    /** Mean along an axis, which goes away. */
    V mean(V x, int axis);

    /** x divided by the size of an axis of the other. */
    V overSize(V x, V like, int axis);

    /** One number everywhere, in the shape of x. */
    V filled(V x, double value);

    /** max(z, 0) - z y + log(1 + exp(-|z|)), element by element. */
    V crossEntropy(V logits, V labels);

    /** Runs a scripted module on features and weights; see {@link ModuleCall} for the results. */
    List<V> module(ModuleCall call, List<V> in);

    /** The gradients of features and weights, in their order. */
    List<V> moduleBackward(V gradient, V attached, List<V> inputs);
}
