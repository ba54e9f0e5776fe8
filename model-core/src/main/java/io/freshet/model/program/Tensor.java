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
    private static final Axis ONE = Axis.of("one", 1);

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
        return graph.step(new ArithmeticOp.Add(), shape, this, other);
    }

    /** Product, element by element; the other is repeated along first axes that it lacks. */
    public Tensor times(Tensor other) {
        require(other.shape.isTailOf(shape), "a product needs the same last axes", other);
        return graph.step(new ArithmeticOp.Multiply(), shape, this, other);
    }

    /** Difference; the other is repeated along first axes that it lacks. */
    public Tensor minus(Tensor other) {
        require(other.shape.isTailOf(shape), "a difference needs the same last axes", other);
        return graph.step(new ArithmeticOp.Subtract(), shape, this, other);
    }

    /** Quotient, element by element; the other is repeated along first axes that it lacks. */
    public Tensor over(Tensor other) {
        require(other.shape.isTailOf(shape), "a quotient needs the same last axes", other);
        return graph.step(new ArithmeticOp.Divide(), shape, this, other);
    }

    /** Product with a number. */
    public Tensor times(double factor) {
        return graph.step(new ArithmeticOp.Scale(factor), shape, this);
    }

    /** A matrix product, [n, k] x [k, m], or one per entry of the first axis, [p, n, k] x [p, k, m]. */
    public Tensor matMul(Tensor w) {
        int rank = shape.rank();
        boolean fits = w.shape.rank() == rank
                && (rank == 2 || rank == 3 && shape.axis(0).sameAs(w.shape.axis(0)))
                && shape.axis(-1).sameAs(w.shape.axis(-2));
        require(fits, "matrix products need [p, n, k] and [p, k, m], or [n, k] and [k, m]", w);
        Op op = rank == 2 ? new ProductOp.Product() : new ProductOp.MatMul();
        return graph.step(op, shape.with(-1, w.shape.axis(-1)), this, w);
    }

    /** x W + b for x [B, in], W [in, out], b [out]; or per entry of the first axis: [p, B, in], [p, in, out], [p, out]. */
    public Tensor linear(Tensor w, Tensor b) {
        int rank = shape.rank();
        boolean fits = w.shape.rank() == rank
                && (rank == 2 || rank == 3 && shape.axis(0).sameAs(w.shape.axis(0)))
                && shape.axis(-1).sameAs(w.shape.axis(-2));
        require(fits, "a linear map needs [B, in] and [in, out], or [p, B, in] and [p, in, out]", w);
        w.require(b.shape.sameAs(w.shape.without(-2)), "a bias needs as many entries as columns", b);
        Op op = rank == 2 ? new ProductOp.Linear() : new ProductOp.LinearPerEntry();
        return graph.step(op, shape.with(-1, w.shape.axis(-1)), this, w, b);
    }

    /** x sigmoid(x). */
    public Tensor silu() {
        return graph.step(new ActivationOp.Silu(), shape, this);
    }

    /** 1 / (1 + exp(-x)). */
    public Tensor sigmoid() {
        return graph.step(new ActivationOp.Sigmoid(), shape, this);
    }

    /** max(x, 0). */
    public Tensor relu() {
        return graph.step(new ActivationOp.Relu(), shape, this);
    }

    /** 1 where x > 0, else 0; has no gradient. */
    public Tensor positive() {
        return graph.step(new ActivationOp.Positive(), shape, this);
    }

    /** x times the normal distribution function of x, exactly. */
    public Tensor gelu() {
        return graph.step(new ActivationOp.Gelu(), shape, this);
    }

    /** log(1 + exp(x)), without overflow: -log(sigmoid(-x)). */
    public Tensor softplus() {
        return graph.step(new ActivationOp.Softplus(), shape, this);
    }

    /** e to the power of x. */
    public Tensor exp() {
        return graph.step(new ActivationOp.Exp(), shape, this);
    }

    /** The natural logarithm. */
    public Tensor log() {
        return graph.step(new ActivationOp.Log(), shape, this);
    }

    /** exp(x) / sum(exp(x)) along an axis. */
    public Tensor softmax(int axis) {
        return graph.step(new ActivationOp.Softmax(place(axis)), shape, this);
    }

    /** x / sqrt(mean(x^2) + epsilon) * gain over the last axis. */
    public Tensor rmsNorm(Tensor gain, double epsilon) {
        boolean fits = gain.shape.rank() == 1 && gain.shape.isTailOf(shape);
        require(fits, "a norm needs one gain per entry of the last axis", gain);
        List<Shape> shapes = List.of(shape, shape.with(-1, ONE));
        return graph.steps(new NormOp.RmsNorm(epsilon), shapes, this, gain).get(0);
    }

    /** The mean over all positions of {@link #rmsNorm}, as one kernel: [T, B, D] to [B, D]. */
    public Tensor pooledRmsNorm(Tensor gain, double epsilon) {
        boolean fits = shape.rank() == 3 && gain.shape.rank() == 1 && gain.shape.isTailOf(shape);
        require(fits, "a pooled norm needs [T, B, D] and a gain [D]", gain);
        Shape pooled = shape.without(0);
        List<Shape> shapes = List.of(pooled, pooled, Shape.of(shape.axis(0), ONE, shape.axis(1)));
        return graph.steps(new NormOp.PooledRmsNorm(epsilon), shapes, this, gain)
                .get(0);
    }

    /** (x - mean(x)) / sqrt(variance(x) + epsilon) * gain + bias over the last axis. */
    public Tensor layerNorm(Tensor gain, Tensor bias, double epsilon) {
        boolean fits = gain.shape.rank() == 1 && gain.shape.isTailOf(shape);
        require(fits, "a norm needs one gain per entry of the last axis", gain);
        gain.require(bias.shape.sameAs(gain.shape), "a norm needs as many biases as gains", bias);
        List<Shape> shapes = List.of(shape, shape.with(-1, ONE), shape.with(-1, ONE));
        return graph.steps(new NormOp.LayerNorm(epsilon), shapes, this, gain, bias)
                .get(0);
    }

    /**
     * A gated net per position, as one kernel: (silu(gate) * up) down with gate|up = x gateUp^T; x [N, B, W], gateUp
     * [N, 2m, W], down [N, m, W].
     */
    public Tensor swiGlu(Tensor gateUp, Tensor down) {
        boolean fits = shape.rank() == 3
                && gateUp.shape.rank() == 3
                && shape.axis(0).sameAs(gateUp.shape.axis(0))
                && shape.axis(2).sameAs(gateUp.shape.axis(2));
        require(fits, "a gated net needs [N, B, W] and [N, 2m, W]", gateUp);
        boolean fitsDown = down.shape.rank() == 3
                && down.shape.axis(0).sameAs(shape.axis(0))
                && 2 * down.shape.size(1) == gateUp.shape.size(1)
                && down.shape.axis(2).sameAs(shape.axis(2));
        gateUp.require(fitsDown, "a gated net needs [N, 2m, W] and [N, m, W]", down);
        List<Shape> shapes = List.of(shape, shape.with(2, gateUp.shape.axis(1)));
        return graph.steps(new KernelOp.SwiGlu(), shapes, this, gateUp, down).get(0);
    }

    /**
     * A sparse mixture of experts per position, as one kernel; x [N, B, W], logits of the routed experts [N, B, R]. Gives the
     * result [N, B, W] and how many rows each routed expert had, [N, R].
     */
    public List<Tensor> sparseMoe(Tensor logits, ExpertWeights experts, Routing routing) {
        boolean fits = shape.rank() == 3
                && logits.shape.rank() == 3
                && logits.shape.without(2).sameAs(shape.without(2));
        require(fits, "a router needs [N, B, W] and [N, B, R]", logits);
        experts.requireFor(shape.axis(0), shape.axis(2), logits.shape.axis(2));
        requireChoice(routing, logits.shape.size(2));
        List<Tensor> in = new ArrayList<>(List.of(this, logits));
        in.addAll(experts.all());
        List<Shape> shapes = List.of(shape, logits.shape.without(1), Shape.of()); // The last is the executor's affair.
        return graph.steps(new MoeOp.SparseMoe(routing), shapes, in.toArray(Tensor[]::new))
                .subList(0, 2);
    }

    /**
     * {@code x + F(norm(x))} as one kernel, x [T, B, D], gain [D], F a sparse mixture of experts per position with router [N,
     * W, R]; or mixed, {@code x + revert(F(mix(norm(x))))}. The number of positions and their width, N and W, are the
     * router's. Gives the result, the logits [N, B, R] and how many rows each routed expert had, [N, R].
     */
    public List<Tensor> sparseSublayer(NormedRouter router, ExpertWeights experts, Routing routing) {
        router.requireFor(this);
        Shape ofRouter = router.matrix().shape;
        experts.requireFor(ofRouter.axis(0), ofRouter.axis(1), ofRouter.axis(2));
        requireChoice(routing, ofRouter.size(2));
        List<Tensor> in = new ArrayList<>(List.of(this, router.gain(), router.matrix()));
        in.addAll(experts.all());
        Shape logits = Shape.of(ofRouter.axis(0), shape.axis(1), ofRouter.axis(2));
        List<Shape> shapes = List.of(shape, logits, logits.without(1), Shape.of());
        Op op = new MoeOp.SparseSublayer(routing, router.mixed(), router.epsilon());
        return graph.steps(op, shapes, in.toArray(Tensor[]::new)).subList(0, 3);
    }

    private void requireChoice(Routing routing, int routed) {
        graph.require(
                routing.chosen() >= 1 && routing.chosen() <= routed,
                () -> "cannot choose %d of %d routed experts".formatted(routing.chosen(), routed));
    }

    /**
     * Experts per position that gates open and shut, as one kernel; x [N, B, W], gates [N, B, E], w1 [N, W, h] and b1 [N,
     * h] expert after expert, w2 [N, h, W] likewise, b2 [N, E, W].
     */
    public Tensor gatedExperts(Tensor gates, Tensor w1, Tensor b1, Tensor w2, Tensor b2) {
        boolean fits = shape.rank() == 3
                && gates.shape.rank() == 3
                && gates.shape.without(2).sameAs(shape.without(2));
        require(fits, "experts need x [N, B, W] and gates [N, B, E]", gates);
        Shape hidden = shape.with(2, w1.shape.axis(-1)); // [N, B, h]
        boolean fitsW1 = w1.shape.sameAs(new Shape(List.of(shape.axis(0), shape.axis(2), hidden.axis(2))))
                && hidden.size(2) % gates.shape.size(2) == 0;
        require(fitsW1, "experts need [N, B, W] and [N, W, h], h a multiple of their number", w1);
        w1.require(b1.shape.sameAs(w1.shape.without(1)), "experts need as many biases as columns", b1);
        w1.require(
                w2.shape.sameAs(new Shape(List.of(shape.axis(0), hidden.axis(2), shape.axis(2)))),
                "experts need [N, W, h] and [N, h, W]",
                w2);
        gates.require(
                b2.shape.sameAs(new Shape(List.of(shape.axis(0), gates.shape.axis(2), shape.axis(2)))),
                "experts need gates [N, B, E] and biases [N, E, W]",
                b2);
        return graph.steps(new MoeOp.GatedExperts(), List.of(shape, hidden), this, gates, w1, b1, w2, b2)
                .get(0);
    }

    /** log(sum(exp(x))) along an axis, which goes away; without overflow. */
    public Tensor logSumExp(int axis) {
        int at = place(axis);
        return graph.step(new MoeOp.LogSumExp(at), shape.without(at), this);
    }

    /**
     * A sublayer of a block, as one kernel: this + F(norm(this)), or with mixing this + revert(F(mix(norm(this)))); F is
     * {@link #swiGlu}, norm is {@link #rmsNorm}. This [T, B, D], gain [D], gateUp [N, 2m, W], down [N, m, W] with N = T
     * and W = D, or with mixing N heads of W = T D / N.
     */
    public Tensor swiGluSublayer(Tensor gain, Tensor gateUp, Tensor down, boolean mixed, double epsilon) {
        boolean fits = shape.rank() == 3 && gain.shape.rank() == 1 && gain.shape.isTailOf(shape);
        require(fits, "a sublayer needs [T, B, D] and a gain [D]", gain);
        int positions = gateUp.shape.rank() == 3 ? gateUp.shape.size(0) : 0;
        boolean fitsNet = positions > 0
                && (mixed ? shape.size(2) % positions == 0 : positions == shape.size(0))
                && gateUp.shape.size(2) * positions == shape.size(0) * shape.size(2);
        require(fitsNet, "a sublayer needs gate and up [T, 2m, D], or mixed [H, 2m, T D / H]", gateUp);
        Axis hidden = Axis.of("m", Math.max(1, gateUp.shape.size(1) / 2));
        boolean fitsDown = down.shape.sameAs(Shape.of(gateUp.shape.axis(0), hidden, gateUp.shape.axis(2)))
                && 2 * hidden.size() == gateUp.shape.size(1);
        gateUp.require(fitsDown, "a gated net needs [N, 2m, W] and [N, m, W]", down);
        List<Shape> shapes = List.of(
                shape,
                Shape.of(gateUp.shape.axis(0), gateUp.shape.axis(1), shape.axis(1)),
                Shape.of(gateUp.shape.axis(0), hidden, shape.axis(1)),
                Shape.of(shape.axis(0), ONE, shape.axis(1)));
        Op op = new KernelOp.SwiGluSublayer(mixed, epsilon);
        return graph.steps(op, shapes, this, gain, gateUp, down).get(0);
    }

    /** The same numbers with other axes. The batch axis may move, but not mix with others. */
    public Tensor reshape(Axis... axes) {
        Shape wanted = Shape.of(axes);
        boolean fits =
                shape.hasBatch() == wanted.hasBatch() && shape.elementsPerExample() == wanted.elementsPerExample();
        graph.require(fits, () -> "cannot give %s the shape %s".formatted(shape, wanted));
        return graph.step(new LayoutOp.Reshape(wanted.sizes()), wanted, this);
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
        return graph.step(new LayoutOp.Transpose(order), new Shape(List.copyOf(axes)), this);
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
            parts.add(graph.step(new LayoutOp.Split(at, sizes, i), shape.with(at, pieces[i]), this));
        }
        return parts;
    }

    /** The entries of the first axis, each without that axis. */
    public List<Tensor> unbind() {
        graph.require(!shape.axis(0).isBatch(), () -> "the batch cannot be taken apart: " + shape);
        List<Tensor> entries = new ArrayList<>();
        for (int i = 0; i < shape.size(0); i++) {
            entries.add(graph.step(new LayoutOp.Unbind(i), shape.without(0), this));
        }
        return entries;
    }

    /** A stretch of an axis that is not the batch. */
    public Tensor slice(int axis, int start, Axis length) {
        int at = place(axis);
        int rest = shape.size(at) - start - length.size();
        boolean fits = !shape.axis(at).isBatch() && start >= 0 && rest >= 0;
        graph.require(fits, () -> "%s has no %s from %d on along axis %d".formatted(shape, length, start, at));
        List<Axis> pieces = new ArrayList<>();
        if (start > 0) {
            pieces.add(Axis.of("before", start));
        }
        pieces.add(length);
        if (rest > 0) {
            pieces.add(Axis.of("after", rest));
        }
        return split(at, pieces.toArray(Axis[]::new)).get(start > 0 ? 1 : 0);
    }

    /** Repeats this along a new axis, so that it gets the other's shape; only the shape of the other matters. */
    public Tensor repeatAs(Tensor like, int axis) {
        int at = like.place(axis);
        require(
                shape.sameAs(like.shape.without(at)),
                "repeating along axis %d needs the other axes".formatted(at),
                like);
        return graph.step(new LayoutOp.RepeatAs(at), like.shape, this, like);
    }

    /** One number everywhere, in this one's shape. */
    public Tensor filled(double value) {
        return graph.step(new ArithmeticOp.Filled(value), shape, this);
    }

    /** Sum along first axes that the other lacks. */
    Tensor sumTo(Tensor tail) {
        int first = shape.rank() - tail.shape.rank();
        return first == 0 ? this : graph.step(new ArithmeticOp.SumFirst(first), tail.shape, this);
    }

    /** Sum along an axis, which goes away. */
    public Tensor sum(int axis) {
        int at = place(axis);
        return graph.step(new ArithmeticOp.Sum(at), shape.without(at), this);
    }

    /** Mean along an axis, which goes away. */
    public Tensor mean(int axis) {
        int at = place(axis);
        return graph.step(new ArithmeticOp.Mean(at), shape.without(at), this);
    }

    /** Cross entropy of these logits with labels in [0, 1], element by element. */
    public Tensor crossEntropy(Tensor labels) {
        require(shape.sameAs(labels.shape), "a cross entropy needs one label per logit", labels);
        return graph.step(new LossOp.CrossEntropy(), shape, this, labels);
    }

    private int place(int axis) {
        int at = axis < 0 ? shape.rank() + axis : axis;
        graph.require(at >= 0 && at < shape.rank(), () -> "%s has no axis %d".formatted(shape, axis));
        return at;
    }

    void require(boolean fits, String rule, Tensor other) {
        graph.require(fits, () -> "%s, but got %s and %s".formatted(rule, shape, other.shape));
    }
}
