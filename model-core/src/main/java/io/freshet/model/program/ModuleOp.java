package io.freshet.model.program;

import java.util.ArrayList;
import java.util.List;

/** A module that was scripted elsewhere, as one step: nothing is known of its inside, so the engine differentiates it. */
sealed interface ModuleOp extends Op {
    /** (features, weights) to what {@link ModuleCall} says. */
    record Run(ModuleCall call) implements ModuleOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.module(call, in);
        }

        @Override
        public void backward(Backward at) {
            List<Tensor> ins = at.ins();
            List<Tensor> handed = new ArrayList<>(List.of(at.gradient(), at.out(1)));
            for (int i = 0; i < ins.size(); i++) {
                handed.add(at.out(2 + i));
            }
            List<Shape> shapes = ins.stream().map(Tensor::shape).toList();
            at.giveAll(at.steps(new RunBackward(), shapes, handed.toArray(Tensor[]::new)));
        }
    }

    /** (gradient of the logits, attached logits, attached inputs) to the gradients of the inputs. */
    record RunBackward() implements ModuleOp {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return executor.moduleBackward(in.get(0), in.get(1), in.subList(2, in.size()));
        }
    }
}
