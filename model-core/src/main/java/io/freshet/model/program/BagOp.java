package io.freshet.model.program;

import java.util.List;

/** Sums of embedding rows. */
sealed interface BagOp extends Op {
    /** Sums weighted rows into bags: (rows, indices, offsets, weights) to [features, B, width]. */
    record EmbeddingBag(int features, int width) implements BagOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            V sums = executor.embeddingBag(in.get(0), in.get(1), in.get(2), in.get(3)); // [features * B, width]
            return List.of(executor.reshape(sums, new long[] {features, -1, width}));
        }

        @Override
        public void backward(Backward at) {
            Tensor rows = at.in(0);
            at.give(
                    0,
                    () -> at.step(
                            new EmbeddingBagBackward(width),
                            rows.shape(),
                            at.gradient(),
                            rows,
                            at.in(1),
                            at.in(2),
                            at.in(3)));
        }
    }

    /** (gradient [features, B, width], rows, indices, offsets, weights) to the gradient of the rows, [U, width]. */
    record EmbeddingBagBackward(int width) implements BagOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            V gradient = executor.reshape(in.get(0), new long[] {-1, width}); // [features * B, width]
            return List.of(executor.embeddingBagBackward(gradient, in.get(1), in.get(2), in.get(3), in.get(4)));
        }
    }
}
