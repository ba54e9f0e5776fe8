package io.freshet.model.program;

import java.util.List;

/** A sparse mixture of experts per position: one kernel forward, one backward. */
sealed interface MoeOp extends Op {
    /**
     * (x, logits, gate_up, down) to the result, the rows that each routed expert was given, and what backward wants to
     * see again, in whatever form the executor likes.
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
                    * Flops.ofGatedNet(in.get(0), in.get(3).axis(-2));
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            at.giveAll(at.steps(
                    new SparseMoeBackward(routing),
                    shapes,
                    at.gradient(),
                    at.in(0),
                    at.in(1),
                    at.in(2),
                    at.in(3),
                    at.out(2)));
        }
    }

    /** (do, x, logits, gate_up, down, seen) to the gradients of x, logits, gate_up and down. */
    record SparseMoeBackward(Routing routing) implements MoeOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.sparseMoeBackward(in, routing);
        }

        @Override
        public long flops(List<Shape> in) {
            return 2
                    * (routing.chosen() + 1)
                    * Flops.ofGatedNet(in.get(1), in.get(4).axis(-2));
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
