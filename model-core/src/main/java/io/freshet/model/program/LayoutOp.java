package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.List;

/** Moves numbers about without changing them. */
sealed interface LayoutOp extends Op {
    /** Joins along an axis. */
    record Concat(int axis) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.concat(in, axis));
        }

        @Override
        public void backward(Backward at) {
            Axis[] pieces =
                    at.ins().stream().map(part -> part.shape().axis(axis)).toArray(Axis[]::new);
            List<Tensor> gradients = at.gradient().split(axis, pieces);
            for (int i = 0; i < gradients.size(); i++) {
                Tensor gradient = gradients.get(i);
                at.give(i, () -> gradient);
            }
        }
    }

    /** Puts side by side along a new first axis. */
    record Stack() implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.stack(in));
        }

        @Override
        public void backward(Backward at) {
            List<Tensor> gradients = at.gradient().unbind();
            for (int i = 0; i < gradients.size(); i++) {
                Tensor gradient = gradients.get(i);
                at.give(i, () -> gradient);
            }
        }
    }

    /** Same numbers in the same order, other axes; -1 is the batch axis. */
    record Reshape(long[] sizes) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.reshape(in.get(0), sizes));
        }

        @Override
        public void backward(Backward at) {
            Axis[] axes = at.in(0).shape().axes().toArray(Axis[]::new);
            at.give(0, () -> at.gradient().reshape(axes));
        }
    }

    /** Reorders the axes. */
    record Transpose(int[] order) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.transpose(in.get(0), order));
        }

        @Override
        public void backward(Backward at) {
            int[] inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[order[i]] = i;
            }
            at.give(0, () -> at.gradient().transpose(inverse));
        }
    }

    /** One of the pieces into which an axis is cut. */
    record Split(int axis, List<Integer> sizes, int piece) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.split(in.get(0), axis, sizes, piece));
        }

        @Override
        public void backward(Backward at) {
            at.givePiece(new Backward.Cut(axis, sizes), piece);
        }
    }

    /** One entry of the first axis, which goes away. */
    record Unbind(int entry) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.unbind(in.get(0), entry));
        }

        @Override
        public void backward(Backward at) {
            at.givePiece(Backward.Cut.INTO_ENTRIES, entry);
        }
    }

    /** Repeats (x, like) along a new axis, as often as the other is long there. */
    record RepeatAs(int axis) implements LayoutOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.repeatAs(in.get(0), in.get(1), axis));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.gradient().sum(axis)); // The other gives its size only.
        }
    }
}
