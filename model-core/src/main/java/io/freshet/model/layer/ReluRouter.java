package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * How far each expert of a token is open: {@code G_tj = relu(x_t Wr_t)_j}. Neither the largest are chosen nor do gates
 * sum to one: a gate is shut where it is 0. RankMixer (arXiv 2507.15551), section on the sparse mixture of experts.
 *
 * <pre>
 *   in   x      [T, B, D]
 *   out  gates  [T, B, E]
 *   weights     [T, D, E]     without bias: tokens come from a norm that has one
 * </pre>
 */
public final class ReluRouter {
    private final String name;
    private final Axis experts;

    /** A router whose weights are the parameter {@code name}. */
    public ReluRouter(String name, Axis experts) {
        this.name = name;
        this.experts = experts;
    }

    /** The gates [T, B, E]. */
    public Tensor apply(Graph graph, Tensor x) {
        Tensor weights = graph.matrix(name, 1, x.shape().axis(0), x.shape().axis(2), experts);
        try (Graph.Scope exact = graph.exact()) {
            return x.matMul(weights).relu();
        }
    }
}
