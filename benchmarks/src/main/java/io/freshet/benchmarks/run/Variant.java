package io.freshet.benchmarks.run;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.ranker.ModelPlan;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * One row of a comparison: a name, and a pipeline file's text where three places are left open: {@code RANKER}, {@code
 * RATE} and {@code SEED}.
 *
 * @param ranker what stands for {@code RANKER}: keys of the section {@code ranker}
 * @param learningRate of the dense weights, stands for {@code RATE}
 */
public record Variant(String name, String ranker, double learningRate) {
    /** This variant at several learning rates, which then stand in its name; at one, as it is. */
    public List<Variant> at(List<Double> rates) {
        return rates.stream()
                .map(rate -> new Variant(rates.size() == 1 ? name : name + ", rate " + rate, ranker, rate))
                .toList();
    }

    /** The pipeline of this row. */
    public Pipeline pipeline(String template, long seed) {
        String yaml = template.replace("RANKER", ranker)
                .replace("SEED", Long.toString(seed))
                .replace("RATE", Double.toString(learningRate));
        return PipelineFile.parse(yaml, Map.of());
    }

    /** Dense weights that are learnt by gradient. */
    public int parameters(String template) {
        return ModelPlan.of(pipeline(template, 1)).priorOffset();
    }

    /**
     * The variant whose number of dense weights comes closest to the wanted one.
     *
     * @param ofKnob a variant for each k = 1, 2, 3 ..., with the more weights the larger k is
     */
    public static Variant closest(String template, int parameters, IntFunction<Variant> ofKnob) {
        int high = 1;
        while (ofKnob.apply(high).parameters(template) < parameters) {
            high *= 2;
        }
        int low = Math.max(1, high / 2);
        while (low < high) { // The smallest knob with at least as many weights.
            int middle = (low + high) / 2;
            if (ofKnob.apply(middle).parameters(template) >= parameters) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Variant above = ofKnob.apply(low);
        if (low == 1) {
            return above;
        }
        Variant below = ofKnob.apply(low - 1);
        boolean isBelowCloser = parameters - below.parameters(template) < above.parameters(template) - parameters;
        return isBelowCloser ? below : above;
    }
}
