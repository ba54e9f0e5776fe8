package io.freshet.model.program;

import java.util.List;

/** Sums, products and means. Of two inputs, the second is repeated along first axes that it lacks. */
sealed interface ArithmeticOp extends Op {
    /** Sum of two. */
    record Add() implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.add(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, at::gradient);
            at.give(1, () -> at.gradient().sumTo(at.in(1)));
        }
    }

    /** Difference of two. */
    record Subtract() implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.subtract(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, at::gradient);
            at.give(1, () -> at.gradient().sumTo(at.in(1)).times(-1));
        }
    }

    /** Product of two. */
    record Multiply() implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.multiply(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().times(at.in(1)));
            at.give(1, () -> at.gradient().times(at.in(0)).sumTo(at.in(1)));
        }
    }

    /** Quotient of two. */
    record Divide() implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.divide(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().over(at.in(1)));
            at.give(
                    1,
                    () -> at.gradient()
                            .times(at.out())
                            .over(at.in(1))
                            .sumTo(at.in(1))
                            .times(-1));
        }
    }

    /** Product with a number. */
    record Scale(double factor) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.scale(in.get(0), factor));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().times(factor));
        }
    }

    /** Sum along an axis, which goes away. */
    record Sum(int axis) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.sum(in.get(0), axis));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().repeatAs(at.in(0), axis));
        }
    }

    /** Sum along the first axes, which go away. */
    record SumFirst(int axes) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.sumFirst(in.get(0), axes));
        }
    }

    /** Mean along an axis, which goes away. */
    record Mean(int axis) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.mean(in.get(0), axis));
        }

        @Override
        public void backward(Backward at) {
            at.give(
                    0,
                    () -> at.step(new OverSize(axis), at.gradient().shape(), at.gradient(), at.in(0))
                            .repeatAs(at.in(0), axis));
        }
    }

    /** (x, like) to x divided by the other's size along an axis, which may be the batch. */
    record OverSize(int axis) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.overSize(in.get(0), in.get(1), axis));
        }
    }

    /** One number everywhere, in the shape of the input. */
    record Filled(double value) implements ArithmeticOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.filled(in.get(0), value));
        }

        @Override
        public void backward(Backward at) {
            // Only the shape of the input matters: nothing to give.
        }
    }
}
