package io.freshet.model.program;

import java.util.List;

/** Functions of single numbers, and softmax. */
sealed interface ActivationOp extends Op {
    /** x sigmoid(x). */
    record Silu() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.silu(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.elementwise(new SiluBackward(), at.gradient(), at.in(0)));
        }
    }

    /** (dy, x) to dy s (1 + x (1 - s)), s = sigmoid(x). */
    record SiluBackward() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.siluBackward(in.get(0), in.get(1)));
        }
    }

    /** 1 / (1 + exp(-x)). */
    record Sigmoid() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.sigmoid(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.elementwise(new SigmoidBackward(), at.gradient(), at.out()));
        }
    }

    /** (dy, s) to dy s (1 - s). */
    record SigmoidBackward() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.sigmoidBackward(in.get(0), in.get(1)));
        }
    }

    /** max(x, 0). */
    record Relu() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.relu(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.elementwise(new ReluBackward(), at.gradient(), at.in(0)));
        }
    }

    /** (dy, x) to dy where x > 0, else 0. */
    record ReluBackward() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.reluBackward(in.get(0), in.get(1)));
        }
    }

    /** 1 where x > 0, else 0: flat wherever it has a slope. */
    record Positive() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.positive(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            // A small change of the input changes nothing: nothing to give.
        }
    }

    /** x times the normal distribution function of x. */
    record Gelu() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.gelu(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.elementwise(new GeluBackward(), at.gradient(), at.in(0)));
        }
    }

    /** (dy, x) to dy (N(x) + x n(x)), N the normal distribution function and n its density. */
    record GeluBackward() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.geluBackward(in.get(0), in.get(1)));
        }
    }

    /** log(1 + exp(x)). */
    record Softplus() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.softplus(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().times(at.in(0).sigmoid()));
        }
    }

    /** e to the power of x. */
    record Exp() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.exp(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().times(at.out()));
        }
    }

    /** The natural logarithm. */
    record Log() implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.log(in.get(0)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().over(at.in(0)));
        }
    }

    /** exp(x) / sum(exp(x)) along an axis. */
    record Softmax(int axis) implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.softmax(in.get(0), axis));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.elementwise(new SoftmaxBackward(axis), at.gradient(), at.out()));
        }
    }

    /** (dy, y) to y (dy - sum(y dy)) along an axis. */
    record SoftmaxBackward(int axis) implements ActivationOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.softmaxBackward(in.get(0), in.get(1), axis));
        }
    }
}
