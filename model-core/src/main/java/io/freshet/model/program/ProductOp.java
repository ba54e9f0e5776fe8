package io.freshet.model.program;

import java.util.List;

/** Matrix products. Their gradients are products of transposed views, which the kernels read as they lie. */
sealed interface ProductOp extends Op {
    @Override
    default long flops(List<Shape> in) {
        return Flops.ofProduct(in.get(0), in.get(1).axis(-1));
    }

    /** A matrix product per entry of the first axis, [p, n, k] x [p, k, m]. */
    record MatMul() implements ProductOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.matMul(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().matMul(at.in(1).transpose(0, 2, 1)));
            at.give(1, () -> at.in(0).transpose(0, 2, 1).matMul(at.gradient()));
        }
    }

    /** One matrix product, [n, k] x [k, m]. */
    record Product() implements ProductOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.product(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().matMul(at.in(1).transpose(1, 0)));
            at.give(1, () -> at.in(0).transpose(1, 0).matMul(at.gradient()));
        }
    }

    /** x W + b. */
    record Linear() implements ProductOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.linear(in.get(0), in.get(1), in.get(2)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().matMul(at.in(1).transpose(1, 0)));
            at.give(1, () -> at.in(0).transpose(1, 0).matMul(at.gradient()));
            at.give(2, () -> at.gradient().sum(0));
        }
    }

    /** x W + b per entry of the first axis, [p, n, k] x [p, k, m] + [p, m]. */
    record LinearPerEntry() implements ProductOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.linearPerEntry(in.get(0), in.get(1), in.get(2)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().matMul(at.in(1).transpose(0, 2, 1)));
            at.give(1, () -> at.in(0).transpose(0, 2, 1).matMul(at.gradient()));
            at.give(2, () -> at.gradient().sum(1));
        }
    }
}
