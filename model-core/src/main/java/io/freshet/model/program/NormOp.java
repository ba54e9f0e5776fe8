package io.freshet.model.program;

import java.util.List;

/** Norms over the last axis. Besides their result they hand the backward step what it would compute again. */
sealed interface NormOp extends Op {
    /** (x, gain) to x r gain and r = 1 / sqrt(mean(x^2) + epsilon), with a last axis of 1. */
    record RmsNorm(double epsilon) implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.rmsNorm(in.get(0), in.get(1), epsilon);
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = List.of(at.in(0).shape(), at.in(1).shape());
            at.giveAll(at.steps(new RmsNormBackward(), shapes, at.gradient(), at.in(0), at.in(1), at.out(1)));
        }
    }

    /** (dy, x, gain, r) to the gradients of x and gain. */
    record RmsNormBackward() implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.rmsNormBackward(in.get(0), in.get(1), in.get(2), in.get(3));
        }
    }

    /**
     * (x [T, B, D], gain [D]) to the mean of {@link RmsNorm} over the positions, [B, D]; and two results that only the
     * executor's own backward step understands.
     */
    record PooledRmsNorm(double epsilon) implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.pooledRmsNorm(in.get(0), in.get(1), epsilon);
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = List.of(at.in(0).shape(), at.in(1).shape());
            at.giveAll(at.steps(
                    new PooledRmsNormBackward(), shapes, at.gradient(), at.in(0), at.in(1), at.out(1), at.out(2)));
        }
    }

    /** (dy [B, D], x, gain, and the other results of forward) to the gradients of x and gain. */
    record PooledRmsNormBackward() implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.pooledRmsNormBackward(in);
        }
    }

    /** (x, gain, bias) to (x - mean) r gain + bias, mean and r = 1 / sqrt(variance + epsilon). */
    record LayerNorm(double epsilon) implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.layerNorm(in.get(0), in.get(1), in.get(2), epsilon);
        }

        @Override
        public void backward(Backward at) {
            List<Shape> shapes = at.ins().stream().map(Tensor::shape).toList();
            Tensor gain = at.in(1);
            at.giveAll(at.steps(
                    new LayerNormBackward(), shapes, at.gradient(), at.in(0), gain, at.in(2), at.out(1), at.out(2)));
        }
    }

    /** (dy, x, gain, bias, mean, r) to the gradients of x, gain and bias. */
    record LayerNormBackward() implements NormOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.layerNormBackward(in);
        }
    }
}
