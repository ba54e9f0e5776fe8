package io.freshet.model.layer;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.program.ExpertWeights;
import io.freshet.model.program.Graph;
import io.freshet.model.program.NormedRouter;
import io.freshet.model.program.Routing;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sparse per-token mixture of experts of TokenMixer-Large, in place of {@link PerTokenSwiGlu}. "First enlarge, then
 * sparse": the hidden layer n W of each position's net is cut into E experts of m = n W / E, so that the weights are as
 * many as the dense net's. A row goes through the shared expert, always, and through k - 1 of the R = E - 1 others, in
 * training and in serving alike:
 *
 * <pre>
 *   z = x router                                     logits of the routed experts
 *   S = the k - 1 largest z                          of equal ones the first
 *   p = softmax of z over S                          or, with the gate FULL, over all, so that p need not sum to 1
 *   y_j = (silu(x gate_j) * (x up_j)) down_j
 *   o = alpha * sum over S of p_j y_j + y_shared     equation 21
 *
 *   in, out         [N, B, W]        N positions of width W
 *   router          [N, W, R]
 *   gate_up         [N, R, W, 2m]    gate in the first m columns, up in the rest
 *   down            [N, R, m, W]
 *   shared_gate_up  [N, W, 2m]
 *   shared_down     [N, m, W]
 * </pre>
 *
 * <p>Experts and routers belong to one position: a token chooses among its own experts only. No row is ever dropped. The
 * choice has no gradient. Watches {@code rows} [N, R], how many rows each routed expert was given.
 *
 * <p>With norm, mixing and residual around it there is a kernel, {@link #sublayer}; {@link #apply} is for all other
 * arrangements.
 */
public final class SparseMoe implements Layer {
    /** Watched tensors of this name are rows per expert. */
    public static final String ROWS = "rows";

    private final String name;
    private final RankerConfig ranker;
    private final MoeConfig config;
    private final RouterLosses losses;

    /**
     * A mixture with weights {@code name.router}, {@code name.gate_up} and so on.
     *
     * @param losses where the router's terms of the loss go
     */
    public SparseMoe(String name, RankerConfig ranker, RouterLosses losses) {
        this.name = name;
        this.ranker = ranker;
        this.config = ranker.moe();
        this.losses = losses;
    }

    /**
     * The result [N, B, W].
     *
     * @throws IllegalArgumentException if the experts do not divide the hidden layer
     */
    @Override
    public Tensor apply(Graph graph, Tensor x) {
        try (Graph.Scope scope = graph.scope(name)) {
            Axis positions = x.shape().axis(0);
            Axis width = x.shape().axis(2);
            Tensor logits = logits(graph, x, router(graph, positions, width));
            List<Tensor> results =
                    x.sparseMoe(logits, experts(graph, positions, width), routing()); // [N, B, W]; [N, R]
            watch(graph, logits, results.get(1));
            return results.get(0);
        }
    }

    /** [N, B, R]; rounded logits would be equal more often, and the first expert would get more rows. */
    private static Tensor logits(Graph graph, Tensor x, Tensor router) {
        try (Graph.Scope exact = graph.exact()) {
            return x.matMul(router);
        }
    }

    /**
     * {@code x + F(norm(x))} of tokens [T, B, D], F this mixture.
     *
     * @param norm name of an {@link RmsNorm}'s weights
     */
    Tensor sublayer(Graph graph, Tensor x, String norm) {
        return sublayer(graph, x, norm, x.shape().axis(0), x.shape().axis(2), false);
    }

    /** Likewise {@code x + revert(F(mix(norm(x))))}, with tokens mixed to heads of width {@code mixedWidth}. */
    Tensor mixedSublayer(Graph graph, Tensor x, String norm, TokenMixing mixing) {
        return sublayer(graph, x, norm, mixing.heads(), mixing.mixedWidth(), true);
    }

    private Tensor sublayer(Graph graph, Tensor x, String norm, Axis positions, Axis width, boolean mixed) {
        Tensor gain = graph.vector(norm, 1, x.shape().axis(2));
        try (Graph.Scope scope = graph.scope(name)) {
            Tensor router = router(graph, positions, width);
            ExpertWeights experts = experts(graph, positions, width);
            NormedRouter normed = new NormedRouter(gain, router, mixed, RmsNorm.EPSILON);
            List<Tensor> results = x.sparseSublayer(normed, experts, routing()); // [T, B, D]; [N, B, R]; [N, R]
            watch(graph, results.get(1), results.get(2));
            return results.get(0);
        }
    }

    private Tensor router(Graph graph, Axis positions, Axis width) {
        return graph.matrix("router", 1, positions, width, routed());
    }

    private ExpertWeights experts(Graph graph, Axis positions, Axis width) {
        Axis hidden = Axis.of("m", hidden(width.size()));
        Axis both = Axis.of("2m", 2 * hidden.size());
        return new ExpertWeights(
                graph.matrixPair("gate_up", positions, routed(), width, both),
                DownMatrix.of(graph, ranker.init(), "down", positions, routed(), hidden, width),
                graph.matrixPair("shared_gate_up", positions, width, both),
                DownMatrix.of(graph, ranker.init(), "shared_down", positions, hidden, width));
    }

    private Axis routed() {
        return Axis.of("R", config.experts() - 1);
    }

    private Routing routing() {
        return new Routing(config.active() - 1, config.gateScale(), config.gate() == MoeConfig.Gate.FULL);
    }

    private void watch(Graph graph, Tensor logits, Tensor rows) {
        losses.add(logits, rows);
        graph.watch(ROWS, rows);
    }

    /** The layer whose rows per expert a watched tensor of this name is; empty for another tensor. */
    public static Optional<String> layerOfRows(String watched) {
        String suffix = "." + ROWS;
        return watched.endsWith(suffix)
                ? Optional.of(watched.substring(0, watched.length() - suffix.length()))
                : Optional.empty();
    }

    private int hidden(int width) {
        int dense = ranker.expansion() * width;
        if (dense % config.experts() != 0) {
            String divisors = IntStream.rangeClosed(2, dense)
                    .filter(experts -> dense % experts == 0)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    ("ranker.moe.experts is %d, but the hidden layer of %s is %d (expansion %d"
                                    + " times width %d), and experts are equal slices of it. Take one of %s, or another"
                                    + " ranker.expansion, ranker.width or ranker.heads.")
                            .formatted(config.experts(), name, dense, ranker.expansion(), width, divisors));
        }
        return dense / config.experts();
    }
}
