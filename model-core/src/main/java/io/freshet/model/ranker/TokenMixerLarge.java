package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.layer.AuxiliaryHead;
import io.freshet.model.layer.GlobalToken;
import io.freshet.model.layer.GroupTokenizer;
import io.freshet.model.layer.RmsNorm;
import io.freshet.model.layer.TaskTower;
import io.freshet.model.layer.TokenMixerBlock;
import io.freshet.model.layer.TokenMixing;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * TokenMixer-Large (arXiv 2602.06563) with dense per-token nets, as a tensor program.
 *
 * <pre>
 *   features -> group inputs -> tokens [T, B, D] -> L blocks -> norm, mean over tokens -> a tower per task -> logits
 * </pre>
 */
final class TokenMixerLarge implements Ranker {
    private final FeatureLayout layout;
    private final List<String> tasks;
    private final RankerConfig config;

    TokenMixerLarge(FeatureLayout layout, List<String> tasks, RankerConfig config) {
        this.layout = layout;
        this.tasks = tasks;
        this.config = config;
    }

    @Override
    public Result apply(Graph graph, FeatureInputs inputs) {
        List<Tensor> handedOn = blocks(graph, tokens(graph, inputs.groups()));
        Tensor top = handedOn.get(handedOn.size() - 1); // [T, B, D]
        Tensor pooled = new RmsNorm("final_norm").apply(graph, top).mean(0); // [B, D]
        return new Result(TaskTower.all(graph, tasks, pooled), auxiliary(graph, handedOn), List.of());
    }

    private Tensor tokens(Graph graph, List<Tensor> groups) {
        Axis width = Axis.of("D", config.width());
        List<Tensor> tokens = new ArrayList<>();
        tokens.add(new GlobalToken(width).apply(graph, groups));
        for (int g = 0; g < groups.size(); g++) {
            tokens.add(new GroupTokenizer(layout.groups().get(g).name(), width).apply(graph, groups.get(g)));
        }
        return graph.stack("T", tokens); // [T, B, D]
    }

    /** What each block hands on, [T, B, D] each. */
    private List<Tensor> blocks(Graph graph, Tensor tokens) {
        Axis heads = Axis.of("H", config.heads());
        TokenMixing mixing =
                new TokenMixing(tokens.shape().axis(0), heads, tokens.shape().axis(2));
        int interval = config.block().interval();
        List<Tensor> handedOn = new ArrayList<>();
        Tensor x = tokens;
        for (int i = 0; i < config.layers(); i++) {
            try (Graph.Scope scope = graph.scope("block." + i)) {
                x = new TokenMixerBlock(config, mixing).apply(graph, x);
                boolean isLast = i == config.layers() - 1;
                if (interval > 0 && i >= interval && i % interval == 0 && !isLast) {
                    x = x.plus(handedOn.get(i - interval));
                }
            }
            handedOn.add(x);
        }
        return handedOn;
    }

    /** What lower blocks predict by themselves. */
    private List<Auxiliary> auxiliary(Graph graph, List<Tensor> handedOn) {
        List<Auxiliary> auxiliary = new ArrayList<>();
        for (int block = 0; config.auxiliary().weight() > 0 && block < handedOn.size() - 1; block++) {
            Tensor logits = AuxiliaryHead.all(graph, block, tasks, handedOn.get(block));
            auxiliary.add(new Auxiliary(logits, config.auxiliary().weight(), Base.NONE));
        }
        return auxiliary;
    }
}
