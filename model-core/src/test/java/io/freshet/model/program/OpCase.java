package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An op for the tests of gradients: a function of tensors of some shapes; its result is multiplied by random numbers
 * and summed up to a loss. To have an op tested, add a case.
 */
record OpCase(String name, List<Shape> inputs, Function<List<Tensor>, Tensor> function) {
    /** Of all sizes and numbers of this run. */
    static final long SEED = new SplittableRandom().nextLong();

    private static final SplittableRandom SIZES = new SplittableRandom(SEED);
    /** Examples. */
    static final int BATCH = SIZES.nextInt(1, 5);

    private static final Axis B = Shape.BATCH;
    private static final Axis P = axis(SIZES.nextInt(2, 5));
    private static final Axis M = axis(SIZES.nextInt(1, 5));
    private static final Axis MIDDLE = axis(SIZES.nextInt(1, 5));
    private static final Axis ONE = axis(1);
    private static final Axis REST = axis(MIDDLE.size() + 1);
    private static final Axis W = axis(MIDDLE.size() + 2);

    @Override
    public String toString() {
        return name;
    }

    private static Axis axis(int size) {
        return Axis.of("a" + size, size);
    }

    private static OpCase unary(String name, Function<Tensor, Tensor> function) {
        return new OpCase(name, List.of(Shape.of(P, B, W)), in -> function.apply(in.get(0)));
    }

    private static OpCase of(String name, Function<List<Tensor>, Tensor> function, Shape... inputs) {
        return new OpCase(name, List.of(inputs), function);
    }

    /** All of them. */
    static List<OpCase> all() {
        List<OpCase> cases = new ArrayList<>();
        cases.addAll(layouts());
        cases.addAll(arithmetic());
        cases.addAll(activations());
        cases.addAll(productsAndNorms());
        cases.addAll(mixtures());
        return cases;
    }

    private static List<OpCase> layouts() {
        return List.of(
                of("concat", in -> in.get(0).graph().concat(1, in), Shape.of(B, P), Shape.of(B, M), Shape.of(B, ONE)),
                of("stack", in -> in.get(0).graph().stack("S", in), Shape.of(B, P), Shape.of(B, P)),
                of(
                        "concat of a tensor with itself",
                        in -> in.get(0).graph().concat(1, List.of(in.get(0), in.get(1), in.get(0))),
                        Shape.of(B, P),
                        Shape.of(B, M)),
                unary("reshape", x -> x.reshape(W, B, P)),
                unary(
                        "reshape that counts positions as examples",
                        x -> x.reshape(Axis.ofBatchTimes(P.size()), W).times(2)),
                unary("transpose", x -> x.transpose(2, 0, 1)),
                unary("split", x -> {
                    List<Tensor> parts = x.split(2, ONE, REST);
                    return parts.get(1).times(parts.get(0).reshape(P, B).repeatAs(parts.get(1), 2));
                }),
                unary(
                        "split into pieces of which one is not used",
                        x -> x.split(2, ONE, MIDDLE, ONE).get(1)),
                unary(
                        "split twice",
                        x -> x.split(2, ONE, REST)
                                .get(0)
                                .times(x.split(2, ONE, REST).get(0))),
                unary("unbind", x -> x.unbind().get(0).times(x.unbind().get(1))),
                unary("unbind of which one is not used", x -> x.unbind().get(1).silu()),
                unary("slice", x -> x.slice(2, 1, MIDDLE)),
                unary("slice at the start", x -> x.slice(2, 0, MIDDLE)),
                of(
                        "a parameter's pieces",
                        in -> in.get(0).split(1, ONE, REST).get(1).silu(),
                        Shape.of(P, W)),
                of(
                        "a parameter's entries",
                        in -> in.get(0).unbind().get(0).times(in.get(0).unbind().get(1)),
                        Shape.of(P, W)),
                of("repeatAs", in -> in.get(0).repeatAs(in.get(1), 1), Shape.of(P, W), Shape.of(P, B, W)));
    }

    private static List<OpCase> arithmetic() {
        Shape whole = Shape.of(P, B, W);
        Shape tail = Shape.of(W);
        return List.of(
                of("plus", in -> in.get(0).plus(in.get(1)), whole, whole),
                of("plus a tail", in -> in.get(0).plus(in.get(1)), whole, tail),
                of("minus", in -> in.get(0).minus(in.get(1)), whole, whole),
                of("minus a tail", in -> in.get(0).minus(in.get(1)), whole, tail),
                of("times", in -> in.get(0).times(in.get(1)), whole, whole),
                of("times a tail", in -> in.get(0).times(in.get(1)), whole, tail),
                of("over", in -> in.get(0).over(square(in.get(1))), whole, whole),
                of("over a tail", in -> in.get(0).over(square(in.get(1))), whole, tail),
                unary("a tensor times itself", x -> x.times(x).plus(x)),
                of("a parameter times itself", in -> in.get(0).times(in.get(0)), Shape.of(P, W)),
                of("a parameter over another", in -> in.get(0).over(square(in.get(1))), Shape.of(P, W), Shape.of(P, W)),
                unary("times a number", x -> x.times(-1.5)),
                unary("sum", x -> x.sum(1)),
                unary("sum along the last axis", x -> x.sum(-1)),
                unary("mean over the batch", x -> x.mean(1)),
                unary("mean along the last axis", x -> x.mean(-1)),
                of("cross entropy", in -> in.get(0).crossEntropy(in.get(1)), Shape.of(B, P), Shape.of(B, P)));
    }

    private static List<OpCase> activations() {
        return List.of(
                unary("silu", Tensor::silu),
                unary("sigmoid", Tensor::sigmoid),
                unary("relu", Tensor::relu),
                unary("gelu", Tensor::gelu),
                unary("positive, times its input", x -> x.positive().times(x)),
                unary("softplus", Tensor::softplus),
                unary("exp", Tensor::exp),
                unary("log", x -> square(x).log()),
                unary("softmax", x -> x.softmax(2)),
                unary("softmax along the first axis", x -> x.softmax(0)),
                unary("logSumExp", x -> x.logSumExp(2)));
    }

    private static List<OpCase> productsAndNorms() {
        Shape tokens = Shape.of(P, B, W);
        return List.of(
                of("matMul", in -> in.get(0).matMul(in.get(1)), tokens, Shape.of(P, W, M)),
                of("matMul of two matrices", in -> in.get(0).matMul(in.get(1)), Shape.of(B, W), Shape.of(W, M)),
                of(
                        "gated experts",
                        in -> in.get(0).gatedExperts(in.get(1).relu(), in.get(2), in.get(3), in.get(4), in.get(5)),
                        Shape.of(P, B, W),
                        Shape.of(P, B, M),
                        Shape.of(P, W, axis(2 * M.size())),
                        Shape.of(P, axis(2 * M.size())),
                        Shape.of(P, axis(2 * M.size()), W),
                        Shape.of(P, M, W)),
                of(
                        "linear per entry",
                        in -> in.get(0).linear(in.get(1), in.get(2)),
                        Shape.of(P, B, W),
                        Shape.of(P, W, M),
                        Shape.of(P, M)),
                of("linear", in -> in.get(0).linear(in.get(1), in.get(2)), Shape.of(B, W), Shape.of(W, M), Shape.of(M)),
                of("rmsNorm", in -> in.get(0).rmsNorm(in.get(1), 0.01), tokens, Shape.of(W)),
                of("pooledRmsNorm", in -> in.get(0).pooledRmsNorm(in.get(1), 0.01), tokens, Shape.of(W)),
                of(
                        "pooledRmsNorm behind a sublayer",
                        in -> in.get(0)
                                .swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01)
                                .pooledRmsNorm(in.get(1), 0.01),
                        tokens,
                        Shape.of(W),
                        Shape.of(P, axis(2 * M.size()), W),
                        Shape.of(P, M, W)),
                of(
                        "layerNorm",
                        in -> in.get(0).layerNorm(in.get(1), in.get(2), 0.01),
                        tokens,
                        Shape.of(W),
                        Shape.of(W)),
                of(
                        "swiGlu",
                        in -> in.get(0).swiGlu(in.get(1), in.get(2)),
                        tokens,
                        Shape.of(P, axis(2 * M.size()), W),
                        Shape.of(P, M, W)),
                of(
                        "swiGluSublayer",
                        in -> in.get(0).swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01),
                        tokens,
                        Shape.of(W),
                        Shape.of(P, axis(2 * M.size()), W),
                        Shape.of(P, M, W)),
                mixedSublayer("swiGluSublayer, mixed to more heads than tokens", axis(P.size() + 1), axis(2)),
                mixedSublayer("swiGluSublayer, mixed to one head", ONE, W),
                of(
                        "swiGluSublayer behind another",
                        in -> in.get(0)
                                .swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01)
                                .swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01),
                        tokens,
                        Shape.of(W),
                        Shape.of(P, axis(2 * M.size()), W),
                        Shape.of(P, M, W)));
    }

    /** With all experts chosen: a choice that hangs by a hair has no gradient. */
    private static List<OpCase> mixtures() {
        return Stream.of(false, true)
                .map(full -> new Routing(M.size(), 1.5, full))
                .flatMap(routing -> Stream.of(
                        of(
                                "sparseMoe by " + routing,
                                in -> in.get(0)
                                        .sparseMoe(in.get(1), experts(in, 2), routing)
                                        .get(0),
                                Shape.of(P, B, W),
                                Shape.of(P, B, M),
                                Shape.of(P, M, W, axis(2 * M.size())),
                                Shape.of(P, M, M, W),
                                Shape.of(P, W, axis(2 * M.size())),
                                Shape.of(P, M, W)),
                        sparseSublayer("sparseSublayer by " + routing, routing, P, W, false),
                        sparseSublayer(
                                "sparseSublayer, to more heads, by " + routing,
                                routing,
                                axis(P.size() + 1),
                                axis(2),
                                true),
                        sparseSublayer("sparseSublayer, to one head, by " + routing, routing, ONE, W, true)))
                .toList();
    }

    /** Both the tokens and the logits are used. */
    private static OpCase sparseSublayer(String name, Routing routing, Axis positions, Axis slice, boolean mixed) {
        Axis width = mixed ? axis(positions.size() * slice.size()) : slice;
        Axis row = mixed ? axis(P.size() * slice.size()) : slice;
        Axis both = axis(2 * M.size());
        return of(
                name,
                in -> {
                    NormedRouter router = new NormedRouter(in.get(1), in.get(2), mixed, 0.01);
                    List<Tensor> results = in.get(0).sparseSublayer(router, experts(in, 3), routing);
                    Tensor ofLogits = results.get(1).silu().sum(2).sum(0); // [B]
                    return results.get(0)
                            .plus(ofLogits.repeatAs(results.get(0).sum(2), 0).repeatAs(results.get(0), 2));
                },
                Shape.of(mixed ? P : positions, B, width),
                Shape.of(width),
                Shape.of(positions, row, M),
                Shape.of(positions, M, row, both),
                Shape.of(positions, M, M, row),
                Shape.of(positions, row, both),
                Shape.of(positions, M, row));
    }

    private static ExpertWeights experts(List<Tensor> in, int first) {
        return new ExpertWeights(in.get(first), in.get(first + 1), in.get(first + 2), in.get(first + 3));
    }

    /** Kernels with so many numbers that they go about it chunk by chunk; too many for finite differences. */
    static List<OpCase> large() {
        Axis many = axis(100_000);
        Axis both = axis(200_000);
        Axis four = axis(4);
        Axis width = axis(8);
        Axis row = axis(2 * P.size());
        Shape tokens = Shape.of(four, B, width);
        Shape gain = Shape.of(width);
        return List.of(
                of(
                        "large swiGluSublayer",
                        in -> in.get(0).swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01),
                        tokens,
                        gain,
                        Shape.of(four, both, width),
                        Shape.of(four, many, width)),
                of(
                        "large swiGluSublayer, mixed",
                        in -> in.get(0).swiGluSublayer(in.get(1), in.get(2), in.get(3), true, 0.01),
                        Shape.of(P, B, width),
                        gain,
                        Shape.of(four, both, row),
                        Shape.of(four, many, row)),
                of(
                        "large swiGluSublayer between others",
                        in -> in.get(0)
                                .silu()
                                .swiGluSublayer(in.get(1), in.get(2), in.get(3), false, 0.01)
                                .swiGluSublayer(in.get(1), in.get(2), in.get(3), true, 0.01)
                                .plus(in.get(0)),
                        tokens,
                        gain,
                        Shape.of(four, both, width),
                        Shape.of(four, many, width)),
                largeSparseSublayer(false),
                largeSparseSublayer(true));
    }

    /** With so many numbers per example that norm and mixing take them one by one. */
    private static OpCase largeSparseSublayer(boolean mixed) {
        Routing routing = new Routing(M.size(), 1.5, false);
        Axis slice = axis(mixed ? 160 / P.size() : 160);
        return sparseSublayer("large sparseSublayer, mixed " + mixed, routing, axis(600), slice, mixed);
    }

    private static OpCase mixedSublayer(String name, Axis heads, Axis slice) {
        Axis width = axis(heads.size() * slice.size());
        Axis row = axis(P.size() * slice.size());
        return of(
                name,
                in -> in.get(0).swiGluSublayer(in.get(1), in.get(2), in.get(3), true, 0.01),
                Shape.of(P, B, width),
                Shape.of(width),
                Shape.of(heads, axis(2 * M.size()), row),
                Shape.of(heads, M, row));
    }

    /** Away from zero, where quotients and logarithms are steep. */
    private static Tensor square(Tensor x) {
        return x.times(x).plus(x.filled(0.5));
    }

    /**
     * The op, and its loss. An input with a batch axis becomes an input {@code rows.I}, one without a parameter
     * {@code I}; the random numbers come as input {@code r}.
     */
    Program program() {
        Graph graph = new Graph();
        List<Tensor> in = new ArrayList<>();
        for (Shape shape : inputs) {
            String number = Integer.toString(in.size());
            in.add(
                    shape.hasBatch()
                            ? graph.input("rows." + number, axes(shape))
                            : graph.vector(number, 0, axes(shape)));
        }
        Tensor y = function.apply(in);
        Tensor loss = y.times(graph.input("r", axes(y.shape())));
        while (loss.shape().rank() > 0) {
            loss = loss.sum(0);
        }
        return graph.build(new Program.Outputs(y, loss));
    }

    private static Axis[] axes(Shape shape) {
        return shape.axes().toArray(Axis[]::new);
    }

    /** Names of the inputs whose gradients are wanted. */
    List<String> rows() {
        return program().inputs().stream()
                .map(Op.Input::name)
                .filter(name -> name.startsWith("rows."))
                .toList();
    }

    /** Random numbers for all inputs and parameters, and their sizes. */
    Map<String, Values> values() {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, Values> values = new LinkedHashMap<>();
        for (Program.Step step : program().steps()) {
            if (step.op() instanceof Op.Input input) {
                values.put(input.name(), Values.random(random, step.shapes().get(0)));
            } else if (step.op() instanceof Op.Weight weight) {
                values.put(
                        weight.parameter().name(),
                        Values.random(random, step.shapes().get(0)));
            }
        }
        return values;
    }

    /** A tensor. */
    record Values(double[] data, long[] sizes) {
        /** Not closer to zero than a finite difference reaches, for the sake of relu. */
        static Values random(SplittableRandom random, Shape shape) {
            long[] sizes = shape.axes().stream()
                    .mapToLong(axis -> axis.isBatch() ? (long) BATCH * -axis.size() : axis.size())
                    .toArray();
            double[] data = new double[(int) LongStream.of(sizes).reduce(1, Math::multiplyExact)];
            for (int i = 0; i < data.length; i++) {
                double value = (float) random.nextDouble(0.05, 1.5); // Exact in a script, too.
                data[i] = random.nextBoolean() ? value : -value;
            }
            return new Values(data, sizes);
        }
    }
}
