package io.freshet.model.ranker;

import io.freshet.model.program.Graph;
import io.freshet.model.program.ModuleCall;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import io.freshet.model.script.ModuleWeight;
import io.freshet.model.script.ScriptedModule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A scripted PyTorch module in place of a ranker of ours: it is given every feature by its name, an embedding [B, dimension]
 * pooled over the feature's rows or a number [B, 1], and gives logits [B, tasks].
 *
 * <p>Its trainable parameters are the program's, under their names in Python and starting from their values in the file.
 */
final class ScriptedRanker implements Ranker {
    private final FeatureLayout layout;
    private final int tasks;
    private final ScriptedModule module;

    ScriptedRanker(FeatureLayout layout, int tasks, ScriptedModule module) {
        this.layout = layout;
        this.tasks = tasks;
        this.module = module;
    }

    @Override
    public Result apply(Graph graph, FeatureInputs inputs) {
        Map<String, Tensor> features = new LinkedHashMap<>();
        layout.slots().forEach(slot -> features.put(slot.feature(), inputs.embedding(slot)));
        for (int i = 0; i < layout.numbers().size(); i++) {
            features.put(layout.numbers().get(i), inputs.number(i));
        }
        List<Tensor> weights = new ArrayList<>();
        for (ModuleWeight weight : module.weights()) {
            Axis[] axes = new Axis[weight.shape().size()];
            for (int i = 0; i < axes.length; i++) {
                axes[i] = Axis.of("axis " + i, weight.shape().get(i));
            }
            weights.add(graph.given(weight.name(), module.values(weight), axes));
        }
        List<String> names = module.weights().stream().map(ModuleWeight::name).toList();
        ModuleCall call = new ModuleCall(List.copyOf(features.keySet()), names, tasks);
        return Result.of(graph.module(call, List.copyOf(features.values()), weights));
    }
}
