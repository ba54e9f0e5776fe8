package io.freshet.model.program;

import java.util.List;

/**
 * What a step of a program does to its inputs, apart from their shapes. Each kind hands itself to the matching method
 * of an {@link Executor}, and knows the gradients of its inputs. How to add one: see the package.
 */
public sealed interface Op
        permits Op.Input,
                Op.Weight,
                ActivationOp,
                ArithmeticOp,
                BagOp,
                KernelOp,
                LayoutOp,
                LossOp,
                ModuleOp,
                MoeOp,
                NormOp,
                ProductOp {
    /** Has an executor do this to some values; one result, or as many as the step has shapes. */
    <V> List<V> on(Executor<V> executor, List<V> in);

    /**
     * Adds the gradients of the inputs to a program, given those of the results.
     *
     * @throws UnsupportedOperationException if there is no rule for it
     */
    default void backward(Backward at) {
        throw at.withoutRule();
    }

    /**
     * Multiplications and additions per example, counting matrix products alone, as published figures do: everything
     * else passes over memory once and is not bound by arithmetic. What a backward step computes again does not count.
     *
     * @param in shapes of the inputs
     */
    default long flops(List<Shape> in) {
        return 0;
    }

    /** An input of the program. */
    record Input(String name) implements Op {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.input(name));
        }
    }

    /** A slice of the flat weight vector. */
    record Weight(Parameter parameter) implements Op {
        @Override
        public <V> List<V> on(Executor<V> executor, List<V> in) {
            return List.of(executor.weight(parameter));
        }
    }
}
