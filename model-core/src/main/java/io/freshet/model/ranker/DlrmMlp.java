package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.LinearTower;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * The baseline that the RankMixer and TokenMixer-Large papers call DLRM-MLP: one deep net over all embeddings and
 * numbers side by side, as a tensor program.
 *
 * <pre>
 *   features [B, W] -> deep net -> a linear map per task -> logits
 * </pre>
 *
 * <p>Without the dot products between embeddings that give DLRM (arXiv 1906.00091) its name: notes on both papers
 * describe this baseline as a plain net that crosses features implicitly, and dot products would need all tables to be
 * of one dimension.
 */
final class DlrmMlp implements Ranker {
    private final List<String> tasks;
    private final HiddenLayers hidden;

    DlrmMlp(List<String> tasks, RankerConfig config) {
        this.tasks = tasks;
        hidden = new HiddenLayers(config.hidden());
    }

    @Override
    public Result apply(Graph graph, FeatureInputs inputs) {
        Tensor features = graph.concat(1, inputs.groups()); // [B, W]
        return Result.of(LinearTower.all(graph, tasks, hidden.apply(graph, features)));
    }
}
