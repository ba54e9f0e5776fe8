package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.CrossConfig;
import io.freshet.contracts.pipeline.CrossConfig.Structure;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.layer.CrossLayer;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.LinearTower;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * DCN V2 (arXiv 2008.13535) as a tensor program.
 *
 * <pre>
 *   STACKED   features x0 [B, W] -> cross layers -> deep net -> a linear map per task -> logits
 *   PARALLEL  features x0 [B, W] -> cross layers -+
 *                               \-> deep net ------+-> a linear map per task -> logits
 * </pre>
 */
final class DcnV2 implements Ranker {
    private final List<String> tasks;
    private final CrossConfig cross;
    private final HiddenLayers hidden;

    DcnV2(List<String> tasks, RankerConfig config) {
        this.tasks = tasks;
        cross = config.cross();
        hidden = new HiddenLayers(config.hidden());
    }

    @Override
    public Result apply(Graph graph, FeatureInputs inputs) {
        Tensor x0 = graph.concat(1, inputs.groups()); // [B, W]
        Tensor x = x0;
        for (int i = 0; i < cross.layers(); i++) {
            try (Graph.Scope scope = graph.scope("cross." + i)) {
                x = new CrossLayer(cross.rank()).apply(graph, x0, x);
            }
        }
        Tensor read = cross.structure() == Structure.STACKED
                ? hidden.apply(graph, x)
                : graph.concat(1, List.of(x, hidden.apply(graph, x0)));
        return Result.of(LinearTower.all(graph, tasks, read));
    }
}
