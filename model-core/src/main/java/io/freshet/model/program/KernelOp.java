package io.freshet.model.program;

import java.util.List;

/**
 * Several operations as one kernel: forward gives the result and what the backward kernel wants to see again, backward
 * gives the gradients of all inputs at once.
 */
sealed interface KernelOp extends Op {
    /** (x, gate_up, down) to y = (silu(gate) * up) down and gate|up = x gate_up, per position. */
    record SwiGlu() implements KernelOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.swiGlu(in.get(0), in.get(1), in.get(2));
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            at.giveAll(at.steps(new SwiGluBackward(), shapes, at.gradient(), at.in(0), at.in(1), at.in(2), at.out(1)));
        }
    }

    /** (dy, x, gate_up, down, gate|up) to the gradients of x, gate_up and down. */
    record SwiGluBackward() implements KernelOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.swiGluBackward(in);
        }
    }
}
