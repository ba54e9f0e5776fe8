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
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * TokenMixer-Large (arXiv 2602.06563) with dense per-token nets, as a tensor program.
 *
 * <pre>
 *   features -> group inputs -> tokens [T, B, D] -> L blocks -> norm, mean over tokens -> a tower per task -> logits
 *          \________________________ wide: bias of every row, summed ___________________________________/
 * </pre>
 *
 * <p>Inputs besides those of {@link FeatureInputs}: prior [tasks], added to the logits; labels [B, tasks];
 * example_weights [B].
 */
final class TokenMixerLarge {
    private final FeatureLayout layout;
    private final List<String> tasks;
    private final RankerConfig config;
    private final Graph graph = new Graph();

    private TokenMixerLarge(FeatureLayout layout, List<String> tasks, RankerConfig config) {
        this.layout = layout;
        this.tasks = tasks;
        this.config = config;
    }

    /** The program of a ranker. */
    static Program program(FeatureLayout layout, List<String> tasks, RankerConfig config) {
        return new TokenMixerLarge(layout, tasks, config).build();
    }

    private Program build() {
        FeatureInputs inputs = new FeatureInputs(graph, layout);
        List<Tensor> handedOn = blocks(tokens(inputs.groups()));
        Tensor top = handedOn.get(handedOn.size() - 1); // [T, B, D]
        Tensor pooled = new RmsNorm("final_norm").apply(graph, top).mean(0); // [B, D]
        Optional<Tensor> wide = inputs.wide(); // [B, 1]
        Tensor logits = logits(pooled, wide); // [B, tasks]
        return graph.build(new Program.Outputs(logits, loss(logits, handedOn)));
    }

    private Tensor tokens(List<Tensor> groups) {
        Axis width = Axis.of("D", config.width());
        List<Tensor> tokens = new ArrayList<>();
        tokens.add(new GlobalToken(width).apply(graph, groups));
        for (int g = 0; g < groups.size(); g++) {
            tokens.add(new GroupTokenizer(layout.groups().get(g).name(), width).apply(graph, groups.get(g)));
        }
        return graph.stack("T", tokens); // [T, B, D]
    }

    /** What each block hands on, [T, B, D] each. */
    private List<Tensor> blocks(Tensor tokens) {
        Axis heads = Axis.of("H", config.heads());
        TokenMixing mixing =
                new TokenMixing(tokens.shape().axis(0), heads, tokens.shape().axis(2));
        int interval = config.residualInterval();
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

    private Tensor logits(Tensor pooled, Optional<Tensor> wide) {
        List<Tensor> logits = new ArrayList<>();
        for (String task : tasks) {
            Tensor logit = new TaskTower(task).apply(graph, pooled); // [B, 1]
            logits.add(wide.map(logit::plus).orElse(logit));
        }
        Axis all = Axis.of("tasks", tasks.size());
        return graph.concat(1, logits).plus(graph.input("prior", all));
    }

    /** Mean over examples of weight times cross entropy, summed over tasks; auxiliary losses added. */
    private Tensor loss(Tensor logits, List<Tensor> handedOn) {
        Tensor labels = graph.input("labels", Shape.BATCH, logits.shape().axis(1));
        Tensor losses = logits.crossEntropy(labels).sum(1); // [B]
        if (config.auxiliaryLoss() > 0) {
            for (int block = 0; block < handedOn.size() - 1; block++) {
                Tensor auxiliary = auxiliaryLogits(block, handedOn.get(block));
                losses = losses.plus(auxiliary.crossEntropy(labels).sum(1).times(config.auxiliaryLoss()));
            }
        }
        return losses.times(graph.input("example_weights", Shape.BATCH)).mean(0); // []
    }

    private Tensor auxiliaryLogits(int block, Tensor tokens) {
        return graph.concat(
                1,
                tasks.stream()
                        .map(task -> new AuxiliaryHead(block, task).apply(graph, tokens))
                        .toList());
    }
}
