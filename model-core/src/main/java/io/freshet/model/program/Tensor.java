package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value of a program under construction. Nothing is computed: each method adds a step to the {@link Graph}, and
 * throws a {@link ShapeException} if the shapes do not fit.
 */
public final class Tensor {
    private final Graph graph;
    private final int id;
    private final Shape shape;

    Tensor(Graph graph, int id, Shape shape) {
        this.graph = graph;
        this.id = id;
        this.shape = shape;
    }

    /** Its shape. */
    public Shape shape() {
        return shape;
    }

    int id() {
        return id;
    }

    Graph graph() {
        return graph;
    }

    /** Sum; the other is repeated along first axes that it lacks. */
    public Tensor plus(Tensor other) {
        require(other.shape.isTailOf(shape), "a sum needs the same last axes", other);
        return graph.step(new Op.Add(), shape, this, other);
    }

    /** Product, element by element; the other is repeated along first axes that it lacks. */
    public Tensor times(Tensor other) {
        require(other.shape.isTailOf(shape), "a product needs the same last axes", other);
        return graph.step(new Op.Multiply(), shape, this, other);
    }

    /** Product with a number. */
    public Tensor times(double factor) {
        return graph.step(new Op.Scale(factor), shape, this);
    }

    /** A matrix product per entry of the first axis, [p, n, k] x [p, k, m]. */
    public Tensor matMul(Tensor w) {
        boolean fits = shape.rank() == 3
                && w.shape.rank() == 3
                && shape.axis(0).sameAs(w.shape.axis(0))
                && shape.axis(2).sameAs(w.shape.axis(1));
        require(fits, "matrix products need [p, n, k] and [p, k, m]", w);
        return graph.step(new Op.MatMul(), shape.with(2, w.shape.axis(2)), this, w);
    }

    /** x W + b for x [B, in], W [in, out] and b [out]. */
    public Tensor linear(Tensor w, Tensor b) {
        boolean fits = shape.rank() == 2 && w.shape.rank() == 2 && shape.axis(1).sameAs(w.shape.axis(0));
        require(fits, "a linear map needs [B, in] and [in, out]", w);
        w.require(b.shape.rank() == 1 && b.shape.isTailOf(w.shape), "a bias needs as many entries as columns", b);
        return graph.step(new Op.Linear(), Shape.of(shape.axis(0), w.shape.axis(1)), this, w, b);
    }

    /** x sigmoid(x). */
    public Tensor silu() {
        return graph.step(new Op.Silu(), shape, this);
    }

    /** x / sqrt(mean(x^2) + epsilon) * gain over the last axis. */
    public Tensor rmsNorm(Tensor gain, double epsilon) {
        boolean fits = gain.shape.rank() == 1 && gain.shape.isTailOf(shape);
        require(fits, "a norm needs one gain per entry of the last axis", gain);
        return graph.step(new Op.RmsNorm(epsilon), shape, this, gain);
    }

    /** The same numbers with other axes. The batch axis may move, but not mix with others. */
    public Tensor reshape(Axis... axes) {
        Shape wanted = Shape.of(axes);
        boolean fits =
                shape.hasBatch() == wanted.hasBatch() && shape.elementsPerExample() == wanted.elementsPerExample();
        graph.require(fits, () -> "cannot give %s the shape %s".formatted(shape, wanted));
        return graph.step(new Op.Reshape(wanted.sizes()), wanted, this);
    }

    /** Reorders the axes: the i-th of the result is the order[i]-th of this. */
    public Tensor transpose(int... order) {
        boolean fits = order.length == shape.rank()
                && Arrays.stream(order).distinct().count() == order.length
                && Arrays.stream(order).allMatch(i -> i >= 0 && i < order.length);
        graph.require(fits, () -> "%s cannot be reordered by %s".formatted(shape, Arrays.toString(order)));
        List<Axis> axes = new ArrayList<>();
        for (int i : order) {
            axes.add(shape.axis(i));
        }
        return graph.step(new Op.Transpose(order), new Shape(List.copyOf(axes)), this);
    }

    /** Cuts an axis into pieces, which must be as long together as the axis. */
    public List<Tensor> split(int axis, Axis... pieces) {
        int at = place(axis);
        List<Integer> sizes = Arrays.stream(pieces).map(Axis::size).toList();
        int total = sizes.stream().mapToInt(Integer::intValue).sum();
        boolean fits = !shape.axis(at).isBatch() && total == shape.size(at);
        graph.require(fits, () -> "axis %d of %s cannot be cut into %s".formatted(at, shape, Arrays.toString(pieces)));
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) {
            parts.add(graph.step(new Op.Split(at, sizes, i), shape.with(at, pieces[i]), this));
        }
        return parts;
    }

    /** The entries of the first axis, each without that axis. */
    public List<Tensor> unbind() {
        graph.require(!shape.axis(0).isBatch(), () -> "the batch cannot be taken apart: " + shape);
        List<Tensor> entries = new ArrayList<>();
        for (int i = 0; i < shape.size(0); i++) {
            entries.add(graph.step(new Op.Unbind(i), shape.without(0), this));
        }
        return entries;
    }

    /** Sum along an axis, which goes away. */
    public Tensor sum(int axis) {
        int at = place(axis);
        return graph.step(new Op.Sum(at), shape.without(at), this);
    }

    /** Mean along an axis, which goes away. */
    public Tensor mean(int axis) {
        int at = place(axis);
        return graph.step(new Op.Mean(at), shape.without(at), this);
    }

    /** Cross entropy of these logits with labels in [0, 1], element by element. */
    public Tensor crossEntropy(Tensor labels) {
        require(shape.sameAs(labels.shape), "a cross entropy needs one label per logit", labels);
        return graph.step(new Op.CrossEntropy(), shape, this, labels);
    }

    private int place(int axis) {
        int at = axis < 0 ? shape.rank() + axis : axis;
        graph.require(at >= 0 && at < shape.rank(), () -> "%s has no axis %d".formatted(shape, axis));
        return at;
    }

    private void require(boolean fits, String rule, Tensor other) {
        graph.require(fits, () -> "%s, but got %s and %s".formatted(rule, shape, other.shape));
    }
}
