package io.freshet.model.program;

import java.util.List;

/**
 * What a step of a program does to its inputs, apart from their shapes. Each kind hands itself to the matching method
 * of an {@link Executor}.
 */
public sealed interface Op {
    /** Has an executor do this to some values. */
    <V> V on(Executor<V> executor, List<V> in);

    /** An input of the program. */
    record Input(String name) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.input(name);
        }
    }

    /** A slice of the flat weight vector. */
    record Weight(Parameter parameter) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.weight(parameter);
        }
    }

    /** Sums weighted rows into bags: (rows, indices, offsets, weights) to [features, B, width]. */
    record EmbeddingBag(int features, int width) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            V sums = executor.embeddingBag(in.get(0), in.get(1), in.get(2), in.get(3)); // [features * B, width]
            return executor.reshape(sums, new long[] {features, -1, width});
        }
    }

    /** Joins along an axis. */
    record Concat(int axis) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.concat(in, axis);
        }
    }

    /** Puts side by side along a new first axis. */
    record Stack() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.stack(in);
        }
    }

    /** Same numbers in the same order, other axes; -1 is the batch axis. */
    record Reshape(long[] sizes) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.reshape(in.get(0), sizes);
        }
    }

    /** Reorders the axes. */
    record Transpose(int[] order) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.transpose(in.get(0), order);
        }
    }

    /** One of the pieces into which an axis is cut. */
    record Split(int axis, List<Integer> sizes, int piece) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.split(in.get(0), axis, sizes, piece);
        }
    }

    /** One entry of the first axis, which goes away. */
    record Unbind(int entry) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.unbind(in.get(0), entry);
        }
    }

    /** A matrix product per entry of the first axis. */
    record MatMul() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.matMul(in.get(0), in.get(1));
        }
    }

    /** x W + b. */
    record Linear() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.linear(in.get(0), in.get(1), in.get(2));
        }
    }

    /** x sigmoid(x). */
    record Silu() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.silu(in.get(0));
        }
    }

    /** x / sqrt(mean(x^2) + epsilon) * gain over the last axis. */
    record RmsNorm(double epsilon) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.rmsNorm(in.get(0), in.get(1), epsilon);
        }
    }

    /** Sum of two, the second repeated along missing first axes. */
    record Add() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.add(in.get(0), in.get(1));
        }
    }

    /** Product of two, the second repeated along missing first axes. */
    record Multiply() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.multiply(in.get(0), in.get(1));
        }
    }

    /** Product with a number. */
    record Scale(double factor) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.scale(in.get(0), factor);
        }
    }

    /** Sum along an axis, which goes away. */
    record Sum(int axis) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.sum(in.get(0), axis);
        }
    }

    /** Mean along an axis, which goes away. */
    record Mean(int axis) implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.mean(in.get(0), axis);
        }
    }

    /** Cross entropy of (logits, labels), element by element. */
    record CrossEntropy() implements Op {
        @Override
        public <V> V on(Executor<V> executor, List<V> in) {
            return executor.crossEntropy(in.get(0), in.get(1));
        }
    }
}
