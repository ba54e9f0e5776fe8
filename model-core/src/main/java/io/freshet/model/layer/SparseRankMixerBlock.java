package io.freshet.model.layer;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * A {@link RankMixerBlock} with experts, which gates open and shut, instead of the net.
 *
 * <pre>
 *   S  = LN(Mix(X) + X)
 *   G  = relu(S Wr)
 *   X' = LN(experts(S, G) + S)
 *
 *   in, out  [T, B, D]
 * </pre>
 */
public final class SparseRankMixerBlock {
    private final TokenMixing mixing;
    private final int expansion;
    private final Axis experts;
    private final String router;

    /**
     * A block with its own weights.
     *
     * @param mixing of T tokens to T heads
     * @param expansion k, of the net that the experts of a token are together
     * @param router name of the router's weights: the same block can be applied with another one
     */
    public SparseRankMixerBlock(TokenMixing mixing, int expansion, MoeConfig config, String router) {
        this.mixing = mixing;
        this.expansion = expansion;
        this.router = router;
        experts = Axis.of("E", config.experts());
    }

    /**
     * What the block hands on.
     *
     * @param tokens [T, B, D]
     * @param gates [T, B, E]
     */
    public record Result(Tensor tokens, Tensor gates) {}

    /** The tokens that the block hands on, and the gates that made them. */
    public Result apply(Graph graph, Tensor x) {
        Tensor s = new LayerNorm("mix_norm").apply(graph, mixing.mix(x).plus(x)); // [T, B, D]
        Result learned = experts(graph, s);
        Tensor sum = learned.tokens().plus(s);
        return new Result(new LayerNorm("ffn_norm").apply(graph, sum), learned.gates());
    }

    private Result experts(Graph graph, Tensor s) {
        try (Graph.Scope scope = graph.scope("experts")) {
            Tensor gates = new ReluRouter(router, experts).apply(graph, s); // [T, B, E]
            return new Result(new ReluExperts(expansion).apply(graph, s, gates), gates);
        }
    }
}
