package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.ArrayList;
import java.util.List;

/** A sparse mixture of experts per position: one kernel forward, one backward. */
sealed interface MoeOp extends Op {
    /**
     * (x, logits, gate_up, down, shared_gate_up, shared_down) to the result, the rows that each routed expert was given, and
     * what backward wants to see again, in whatever form the executor likes.
     */
    record SparseMoe(Routing routing) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.sparseMoe(in, routing);
        }

        /** Of the experts that a row goes through: those chosen and the shared one. */
        @Override
        public long flops(List<Shape> in) {
            return (routing.chosen() + 1)
                    * Flops.ofGatedNet(in.get(0), in.get(5).axis(-2));
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            List<Tensor> in = new ArrayList<>(List.of(at.gradient()));
            in.addAll(at.ins());
            in.add(at.out(2));
            at.giveAll(at.steps(new SparseMoeBackward(routing), shapes, in.toArray(Tensor[]::new)));
        }
    }

    /** (do, the inputs of forward, seen) to the gradients of those inputs. */
    record SparseMoeBackward(Routing routing) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.sparseMoeBackward(in, routing);
        }

        @Override
        public long flops(List<Shape> in) {
            return 2
                    * (routing.chosen() + 1)
                    * Flops.ofGatedNet(in.get(1), in.get(6).axis(-2));
        }
    }

    /**
     * (x, gain, router, gate_up, down, shared_gate_up, shared_down) to y = x + F(norm(x)), or mixed to y = x +
     * revert(F(mix(norm(x)))), F that of {@link SparseMoe}; then the logits, the rows that each routed expert was given, and
     * what backward wants to see again.
     */
    record SparseSublayer(Routing routing, boolean mixed, double epsilon) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.sparseSublayer(in, routing, mixed, epsilon);
        }

        @Override
        public long flops(List<Shape> in) {
            return ofNets(in.get(0), in.get(2), in.get(6), routing);
        }

        /** Of the router and of the experts that a row goes through. Tokens are as many numbers as what positions see. */
        private static long ofNets(Shape x, Shape router, Shape sharedDown, Routing routing) {
            return Flops.ofProduct(x, router.axis(-1))
                    + (routing.chosen() + 1) * Flops.ofGatedNet(x, sharedDown.axis(-2));
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            List<Tensor> in = new ArrayList<>(List.of(at.gradient(), at.gradient(1)));
            in.addAll(at.ins());
            in.addAll(List.of(at.out(1), at.out(3)));
            at.giveAll(at.steps(new SparseSublayerBackward(routing, mixed), shapes, in.toArray(Tensor[]::new)));
        }
    }

    /** (dy, gradient of the logits, the inputs of forward, logits, seen) to the gradients of those inputs. */
    record SparseSublayerBackward(Routing routing, boolean mixed) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.sparseSublayerBackward(in, routing, mixed);
        }

        @Override
        public long flops(List<Shape> in) {
            return 2 * SparseSublayer.ofNets(in.get(2), in.get(4), in.get(8), routing);
        }
    }

    /**
     * (x, gates, w1, b1, w2, b2) to what the experts give, weighed by gates that may be shut, and x w1 + b1, which
     * backward wants to see again. An executor may leave out experts that are shut, and then has nothing for backward.
     */
    record GatedExperts() implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.gatedExperts(in);
        }

        /** Of all experts: how many are open is not known before the program runs. */
        @Override
        public long flops(List<Shape> in) {
            return 2 * Flops.ofProduct(in.get(0), in.get(2).axis(-1))
                    + Flops.ofProduct(in.get(1), in.get(0).axis(-1));
        }

        @Override
        public void backward(Backward at) {
            Tensor dy = at.gradient();
            Tensor gates = at.in(1);
            Shape all = at.out(1).shape(); // [T, B, kD]
            Axis experts = gates.shape().axis(2);
            Axis each = Axis.of("kD/E", all.size(2) / experts.size());
            Axis[] cut = {all.axis(0), all.axis(1), experts, each};
            Tensor hidden = at.out(1).gelu().reshape(cut); // [T, B, E, kD/E]
            Tensor spread = gates.repeatAs(hidden, 3);
            Tensor ofGated = dy.matMul(at.in(4).transpose(0, 2, 1)).reshape(cut);
            Tensor ofSum = at.elementwise(
                    new ActivationOp.GeluBackward(),
                    ofGated.times(spread).reshape(all.axes().toArray(Axis[]::new)),
                    at.out(1)); // [T, B, kD]
            Tensor gated = hidden.times(spread).reshape(all.axes().toArray(Axis[]::new));
            at.give(0, () -> ofSum.matMul(at.in(2).transpose(0, 2, 1)));
            at.give(
                    1,
                    () -> ofGated.times(hidden).sum(3).plus(dy.matMul(at.in(5).transpose(0, 2, 1))));
            at.give(2, () -> at.in(0).transpose(0, 2, 1).matMul(ofSum));
            at.give(3, () -> ofSum.sum(1));
            at.give(4, () -> gated.transpose(0, 2, 1).matMul(dy));
            at.give(5, () -> gates.transpose(0, 2, 1).matMul(dy));
        }
    }

    /** log(sum(exp(x))) along an axis, which goes away. */
    record LogSumExp(int axis) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.logSumExp(in.get(0), axis));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.in(0).softmax(axis).times(at.gradient().repeatAs(at.in(0), axis)));
        }
    }
}
