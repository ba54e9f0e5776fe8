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
    /** The input of this name. */
    V input(String name);

    /** A slice of the flat weight vector, in the parameter's shape. */
    V weight(Parameter parameter);

    /** Weighted sums of rows [U, width] into bags; offsets has one entry more than there are bags. */
    V embeddingBag(V rows, V indices, V offsets, V weights);

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

    /** A matrix product per entry of the first axis, [p, n, k] x [p, k, m]. */
    V matMul(V x, V w);

    /** x w + b with x [B, in], w [in, out], b [out]. */
    V linear(V x, V w, V b);

    /** x sigmoid(x). */
    V silu(V x);

    /** x / sqrt(mean(x^2) + epsilon) * gain over the last axis. */
    V rmsNorm(V x, V gain, double epsilon);

    /** Sum; y is repeated along missing first axes. */
    V add(V x, V y);

    /** Product; y is repeated along missing first axes. */
    V multiply(V x, V y);

    /** Product with a number. */
    V scale(V x, double factor);

    /** Sum along an axis, which goes away. */
    V sum(V x, int axis);

    /** Mean along an axis, which goes away. */
    V mean(V x, int axis);

    /** max(z, 0) - z y + log(1 + exp(-|z|)), element by element. */
    V crossEntropy(V logits, V labels);
}
