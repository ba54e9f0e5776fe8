package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;

/**
 * Multiplications and additions of matrix products per example, two for each product that is added up.
 *
 * @param forward to score an example
 * @param training to learn from one: forward and backward
 */
public record Flops(long forward, long training) {
    /** None. */
    static final Flops NONE = new Flops(0, 0);

    Flops plus(Flops other) {
        return new Flops(forward + other.forward, training + other.training);
    }

    /** Of x times a matrix whose columns are this axis. */
    static long ofProduct(Shape x, Axis columns) {
        return 2L * x.elementsPerExample() * Math.abs(columns.size());
    }

    /** Of x on its way through a gated net of three matrices between its width and {@code hidden}. */
    static long ofGatedNet(Shape x, Axis hidden) {
        return 3 * ofProduct(x, hidden);
    }
}
