package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import io.freshet.model.script.ScriptedModule;
import io.freshet.model.script.StepTail;
import java.util.Arrays;
import java.util.Optional;

/** A plan's ranker as TorchScript archives, whether it is one of ours or a scripted module. */
public final class RankerArchive {
    private RankerArchive() {}

    /** Scores with weights that are an argument; of a ranker that is one of ours. */
    public static byte[] forScoring(ModelPlan plan) {
        return ScriptArchive.of(plan.script().source());
    }

    /** Learns with products of some precision; weights are an argument. */
    public static byte[] forTraining(ModelPlan plan, StepTail tail, Precision products) {
        return with(plan, plan.script().trainingSource(tail, products));
    }

    /** Finds what is not finite; weights are an argument. */
    public static byte[] forChecking(ModelPlan plan) {
        return with(plan, plan.script().checkingSource());
    }

    private static byte[] with(ModelPlan plan, String source) {
        ScriptArchive archive = new ScriptArchive(source);
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
