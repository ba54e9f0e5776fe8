package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.layer.GatePenalty;
import io.freshet.model.layer.RankMixerBlock;
import io.freshet.model.layer.SemanticTokens;
import io.freshet.model.layer.SparseMoe;
import io.freshet.model.layer.SparseRankMixerBlock;
import io.freshet.model.layer.TaskTower;
import io.freshet.model.layer.TokenMixing;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * RankMixer (arXiv 2507.15551), the predecessor of TokenMixer-Large, as a tensor program.
 *
 * <pre>
 *   features, side by side -> T slices -> tokens [T, B, D] -> L blocks -> mean over tokens -> a tower per task -> logits
 * </pre>
 *
 * <p>{@code ranker.heads} is the number of tokens, T, and of heads.
 *
 * <p>With experts: dense training, sparse inference. Each block has two routers, and the tokens pass the blocks twice,
 * by the gates of the one and of the other, through the same weights. What is scored, while learning and when serving,
 * comes from the gates that the penalty shuts; the others stay open, so that experts go on learning that scoring hardly
 * uses, and give further logits to learn from, with the same weight. The paper says that both routers are updated and
 * not how. With a loss for each, what is predicted before an example is learnt is what would have been served; with a
 * mean of both, which is another reading, it is not.
 */
final class RankMixer implements Ranker {
    private final List<String> tasks;
    private final RankerConfig config;
    private final TokenMixing mixing;

    RankMixer(List<String> tasks, RankerConfig config) {
        this.tasks = tasks;
        this.config = config;
        Axis tokens = Axis.of("T", config.heads());
        mixing = new TokenMixing(tokens, Axis.of("H", config.heads()), Axis.of("D", config.width()));
    }

    @Override
    public Result apply(Graph graph, FeatureInputs inputs) {
        Tensor features = graph.concat(1, inputs.groups()); // [B, W]
        Axis width = Axis.of("D", config.width());
        Tensor tokens = new SemanticTokens(Axis.of("T", config.heads()), width).apply(graph, features); // [T, B, D]
        return config.moe().isSparse() ? sparse(graph, tokens) : dense(graph, tokens);
    }

    private Result dense(Graph graph, Tensor tokens) {
        Tensor x = tokens;
        for (int i = 0; i < config.layers(); i++) {
            try (Graph.Scope scope = graph.scope("block." + i)) {
                x = new RankMixerBlock(mixing, config.expansion()).apply(graph, x);
            }
        }
        return Result.of(TaskTower.all(graph, tasks, x.mean(0)));
    }

    private Result sparse(Graph graph, Tensor tokens) {
        List<Tensor> gates = new ArrayList<>();
        Tensor logits = logits(graph, tokens, "router", gates); // [B, tasks]
        List<Penalty> penalties = new ArrayList<>();
        for (int i = 0; i < gates.size(); i++) {
            try (Graph.Scope scope = graph.scope("block." + i + ".experts")) {
                graph.watch(SparseMoe.ROWS, gates.get(i).positive().sum(1)); // [T, E], examples that each is open for
                penalties.add(new Penalty(new GatePenalty(config.moe()).of(gates.get(i)), 1));
            }
        }
        try (Graph.Scope again = graph.reusingWeights()) {
            Tensor training = logits(graph, tokens, "training_router", new ArrayList<>());
            return new Result(logits, List.of(new Auxiliary(training, 1, Base.BIAS_AND_PRIOR)), penalties);
        }
    }

    /** The logits [B, tasks] of tokens that the gates of some routers have made, and these gates, [T, B, E] each. */
    private Tensor logits(Graph graph, Tensor tokens, String router, List<Tensor> gates) {
        Tensor x = tokens;
        for (int i = 0; i < config.layers(); i++) {
            try (Graph.Scope scope = graph.scope("block." + i)) {
                var block = new SparseRankMixerBlock(mixing, config.expansion(), config.moe(), router);
                SparseRankMixerBlock.Result result = block.apply(graph, x);
                gates.add(result.gates());
                x = result.tokens();
            }
        }
        return TaskTower.all(graph, tasks, x.mean(0));
    }
}
