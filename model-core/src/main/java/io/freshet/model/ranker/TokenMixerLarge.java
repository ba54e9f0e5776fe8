package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.AuxiliaryConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.layer.AuxiliaryHead;
import io.freshet.model.layer.Readout;
import io.freshet.model.layer.RouterLosses;
import io.freshet.model.layer.TaskTower;
import io.freshet.model.layer.TokenMixerBlock;
import io.freshet.model.layer.TokenMixing;
import io.freshet.model.layer.Tokenizer;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * TokenMixer-Large (arXiv 2602.06563), as a tensor program.
 *
 * <pre>
 *   features -> group inputs -> tokens [T, B, D] -> L blocks -> norm, mean over tokens -> a tower per task -> logits
 *                                                    \-> a head per lower block and task -> auxiliary logits
 * </pre>
 *
 * <p>Between blocks there is the interval residual, of which the paper gives no place: what block l - r handed on is
 * added to the output of block l, so that what is handed on there already holds it.
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
        List<String> groups =
                layout.groups().stream().map(FeatureLayout.Group::name).toList();
        Axis width = Axis.of("D", config.width());
        Tensor tokens = new Tokenizer(config.tokens(), groups, width).apply(graph, inputs.groups()); // [T, B, D]
        RouterLosses routers = new RouterLosses(config.moe());
        List<Tensor> handedOn = blocks(graph, tokens, routers);
        Tensor top = handedOn.get(handedOn.size() - 1); // [T, B, D]
        Tensor pooled = new Readout(config).apply(graph, top); // [B, D]
        return new Result(TaskTower.all(graph, tasks, pooled), auxiliary(graph, handedOn), penalties(routers));
    }

    /** What each block hands on, [T, B, D] each. */
    private List<Tensor> blocks(Graph graph, Tensor tokens, RouterLosses routers) {
        Axis heads = Axis.of("H", config.heads());
        TokenMixing mixing =
                new TokenMixing(tokens.shape().axis(0), heads, tokens.shape().axis(2));
        int interval = config.block().interval();
        List<Tensor> handedOn = new ArrayList<>();
        Tensor x = tokens;
        for (int i = 0; i < config.layers(); i++) {
            try (Graph.Scope scope = graph.scope("block." + i)) {
                x = new TokenMixerBlock(config, mixing, routers).apply(graph, x);
                boolean isLast = i == config.layers() - 1;
                if (interval > 0 && i >= interval && i % interval == 0 && !isLast) {
                    x = x.plus(handedOn.get(i - interval));
                }
            }
            handedOn.add(x);
        }
        return handedOn;
    }

    private static List<Penalty> penalties(RouterLosses routers) {
        return routers.terms().stream().map(term -> new Penalty(term, 1)).toList();
    }

    /** What lower blocks predict, by themselves or of what the ranker lacks. */
    private List<Auxiliary> auxiliary(Graph graph, List<Tensor> handedOn) {
        Base base = config.auxiliary().form() == AuxiliaryConfig.Form.COMBINED_LOGIT ? Base.LOGITS : Base.NONE;
        List<Auxiliary> auxiliary = new ArrayList<>();
        for (int block = 0; config.auxiliary().weight() > 0 && block < handedOn.size() - 1; block++) {
            Tensor logits = AuxiliaryHead.all(graph, block, tasks, handedOn.get(block));
            auxiliary.add(new Auxiliary(logits, config.auxiliary().weight(), base));
        }
        return auxiliary;
    }
}
