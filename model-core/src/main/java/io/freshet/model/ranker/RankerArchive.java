package io.freshet.model.ranker;

import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import io.freshet.model.script.ScriptedModule;
import java.util.Arrays;
import java.util.Optional;

/** A plan's ranker as TorchScript archives, whether it is one of ours or a scripted module. */
public final class RankerArchive {
    private RankerArchive() {}

    /** Weights are arguments: for training, and, if the ranker is one of ours, for scoring. */
    public static byte[] withoutWeights(ModelPlan plan) {
        ScriptArchive archive = new ScriptArchive(plan.script().source());
        plan.module().ifPresent(archive::module);
        return archive.toBytes();
    }

    /** Scores, and has its weights with it. */
    public static ScriptArchive withWeights(ModelPlan plan, float[] dense) {
        RankerScript script = plan.script();
        ScriptArchive archive = new ScriptArchive(script.embeddedSource());
        Optional<ScriptedModule> module = plan.module();
        if (module.isPresent()) {
            float[] priors = Arrays.copyOfRange(dense, plan.priorOffset(), dense.length);
            return archive.vector(script.embeddedAttribute(), priors).module(module.get(), dense);
        }
        return archive.vector(script.embeddedAttribute(), dense);
    }
}
