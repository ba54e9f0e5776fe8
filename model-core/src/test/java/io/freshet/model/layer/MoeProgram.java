package io.freshet.model.layer;

import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.oracle.LayerRun;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * One layer as a program, with inputs and outputs [B, N, W] and the loss sum(output * by), the routers' terms added.
 *
 * @param positions N
 * @param width W
 * @param expansion n
 */
public record MoeProgram(int positions, int width, int expansion) {
    /** A sparse mixture of experts, or a dense net where there is one expert; its weights have no prefix. */
    public LayerRun of(MoeConfig moe) {
        RankerConfig ranker = RankerConfig.DEFAULTS
                .change()
                .width(width)
                .heads(1)
                .expansion(expansion)
                .moe(moe)
                .build();
        RouterLosses losses = new RouterLosses(moe);
        Graph graph = new Graph();
        Axis[] axes = {Shape.BATCH, Axis.of("N", positions), Axis.of("W", width)};
        Tensor x = graph.input(LayerRun.X, axes).transpose(1, 0, 2); // [N, B, W]
        Tensor y = moe.isSparse()
                ? new SparseMoe("", ranker, losses).apply(graph, x)
                : new PerTokenSwiGlu("", expansion, ranker.init()).apply(graph, x);
        Tensor output = y.transpose(1, 0, 2); // [B, N, W]
        Tensor loss = output.times(graph.input(LayerRun.BY, axes)).sum(0).sum(0).sum(0); // []
        for (Tensor term : losses.terms()) {
            loss = loss.plus(term);
        }
        return new LayerRun(graph.build(new Program.Outputs(output, loss)));
    }
}
