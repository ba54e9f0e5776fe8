package io.freshet.model.program;

import java.util.List;

/** Losses, element by element. */
sealed interface LossOp extends Op {
    /** Cross entropy of (logits, labels). */
    record CrossEntropy() implements LossOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.crossEntropy(in.get(0), in.get(1)));
        }

        @Override
        public void backward(Backward at) {
            at.give(0, () -> at.in(0).sigmoid().minus(at.in(1)).times(at.gradient()));
            at.give(1, () -> at.gradient().times(at.in(0)).times(-1));
        }
    }
}
