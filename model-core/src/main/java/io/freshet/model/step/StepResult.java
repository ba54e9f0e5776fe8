package io.freshet.model.step;

import io.freshet.model.metric.ExpertRows;
import java.util.List;

/**
 * What the ranker said about a batch before it learnt from it.
 *
 * @param loss mean over the examples of weight times cross entropy, summed over tasks, auxiliary losses included
 * @param logits [B, tasks], example after example
 * @param experts rows of each expert of each layer, in the order of the layers; empty for a ranker without experts
 */
public record StepResult(double loss, float[] logits, List<ExpertRows> experts) {
    /** [B, tasks], the chances of the actions. */
    public float[] probabilities() {
        float[] probabilities = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = (float) (1 / (1 + Math.exp(-logits[i])));
        }
        return probabilities;
    }
}
