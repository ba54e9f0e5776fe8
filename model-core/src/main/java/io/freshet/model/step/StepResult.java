package io.freshet.model.step;

import io.freshet.model.metric.ExpertRows;
import io.freshet.model.ranker.TaskTargets.Targets;
import java.util.List;
import java.util.Optional;

/**
 * What the ranker said about a batch before it learnt from it.
 *
 * @param loss mean over the examples of weight times the tasks' losses, auxiliary losses included
 * @param logits [B, tasks], example after example
 * @param targets what they were held against
 * @param gradientNorm length of the gradient of all dense weights, before it is clipped
 * @param fault why nothing was learnt from the batch; empty when something was
 * @param experts rows of each expert of each layer, in the order of the layers; empty for a ranker without experts
 */
public record StepResult(
        double loss,
        float[] logits,
        Targets targets,
        double gradientNorm,
        Optional<Fault> fault,
        List<ExpertRows> experts) {}
