package io.freshet.model.program;

import java.util.ArrayList;
import java.util.List;

/**
 * Several operations as one kernel: forward gives the result and what the backward kernel wants to see again, backward
 * gives the gradients of all inputs at once.
 */
sealed interface KernelOp extends Op {
    /** (x, gate_up, down) to y = (silu(gate) * up) down and gate|up = x gate_up^T, per position. */
    record SwiGlu() implements KernelOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.swiGlu(in.get(0), in.get(1), in.get(2));
        }

        @Override
        public long flops(List<Shape> in) {
            return Flops.ofGatedNet(in.get(0), in.get(2).axis(-2));
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

        @Override
        public long flops(List<Shape> in) {
            return 2 * Flops.ofGatedNet(in.get(1), in.get(3).axis(-2)); // By the input and by the weights.
        }
    }

    /**
     * (x, gain, gate_up, down) to y = x + F(norm(x)), or mixed to y = x + revert(F(mix(norm(x)))), F the net of
     * {@link SwiGlu}; and three results that only the executor's own backward step understands.
     */
    record SwiGluSublayer(boolean mixed, double epsilon) implements KernelOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.swiGluSublayer(in, mixed, epsilon);
        }

        @Override
        public long flops(List<Shape> in) {
            return Flops.ofGatedNet(in.get(0), in.get(3).axis(-2));
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            List<Tensor> in = new ArrayList<>(List.of(at.gradient()));
            in.addAll(at.ins());
            in.addAll(List.of(at.out(1), at.out(2), at.out(3)));
            at.giveAll(at.steps(new SwiGluSublayerBackward(mixed), shapes, in.toArray(Tensor[]::new)));
        }
    }

    /** (dy, x, gain, gate_up, down, and the other results of forward) to the gradients of x, gain, gate_up and down. */
    record SwiGluSublayerBackward(boolean mixed) implements KernelOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.swiGluSublayerBackward(in, mixed);
        }

        @Override
        public long flops(List<Shape> in) {
            return 2 * Flops.ofGatedNet(in.get(1), in.get(4).axis(-2));
        }
    }
}
