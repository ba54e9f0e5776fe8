package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Parameter.Initial.Xavier;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Experts of each token, added up by their gates: {@code v_t = sum_j G_tj (gelu(x_t W1_tj + b1_tj) W2_tj + b2_tj)}.
 * RankMixer (arXiv 2507.15551), section on the sparse mixture of experts. The paper does not say how wide an expert is;
 * here those of a token are together as wide as its dense net, kD, so that routing changes what is computed and not how
 * many weights there are.
 *
 * <p>While training all experts are computed, in two products as wide as those of the dense net: a shut gate saves
 * nothing, as the paper has it. When scoring, each expert computes only the examples that it is open for, where that is
 * the faster way.
 *
 * <pre>
 *   in   x      [T, B, D]
 *        gates  [T, B, E]
 *   out  v      [T, B, D]
 *   w1 [T, D, kD], b1 [T, kD]   expert after expert along the last axis
 *   w2 [T, kD, D]               expert after expert along the middle one
 *   b2 [T, E, D]
 * </pre>
 */
public final class ReluExperts {
    private final int expansion;

    /**
     * Experts with weights {@code w1} and so on.
     *
     * @param expansion k
     */
    public ReluExperts(int expansion) {
        this.expansion = expansion;
    }

    /** The result [T, B, D]; the number of gates must divide kD. */
    public Tensor apply(Graph graph, Tensor x, Tensor gates) {
        Axis tokens = x.shape().axis(0);
        Axis width = x.shape().axis(2);
        Axis experts = gates.shape().axis(2);
        Axis all = Axis.of("kD", expansion * width.size());
        Axis each = Axis.of("kD/E", all.size() / experts.size());
        Tensor w1 = graph.matrix("w1", new Xavier(1, width.size(), each.size()), tokens, width, all);
        Tensor b1 = graph.vector("b1", 0, tokens, all);
        Tensor w2 = graph.matrix("w2", new Xavier(1, each.size(), width.size()), tokens, all, width);
        Tensor b2 = graph.vector("b2", 0, tokens, experts, width);
        return x.gatedExperts(gates, w1, b1, w2, b2); // [T, B, D]
    }
}
