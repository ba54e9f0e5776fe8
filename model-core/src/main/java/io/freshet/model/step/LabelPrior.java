package io.freshet.model.step;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.ranker.TaskTargets.Targets;
import java.util.List;

/**
 * Log-odds of each binary task's label over the stream so far. Added to the logit, it spares the ranker from learning the
 * base rate out of small steps, so that predictions are calibrated from the start. Masked labels do not count; other tasks
 * have none, which is 0. Not thread-safe.
 */
final class LabelPrior {
    /** As many imagined examples, half of them positive, start the count. */
    static final double IMAGINED = 50;

    private final List<TaskConfig> tasks;
    private final double[] positives;
    private final double[] negatives;

    LabelPrior(List<TaskConfig> tasks, double[] positives, double[] negatives) {
        this.tasks = tasks;
        this.positives = positives.clone();
        this.negatives = negatives.clone();
    }

    /** [tasks] */
    float[] logOdds() {
        float[] logOdds = new float[positives.length];
        for (int task = 0; task < logOdds.length; task++) {
            logOdds[task] = (float) Math.log((positives[task] + IMAGINED / 2) / (negatives[task] + IMAGINED / 2));
        }
        return logOdds;
    }

    /** @param weights [B] of the examples */
    void count(Targets targets, float[] weights) {
        for (int i = 0; i < targets.labels().length; i++) {
            int task = i % tasks.size();
            if (tasks.get(task).type() == TaskConfig.Type.BINARY) {
                float label = targets.labels()[i];
                double weight = (double) targets.masks()[i] * weights[i / tasks.size()];
                positives[task] += label * weight;
                negatives[task] += (1 - label) * weight;
            }
        }
    }

    double[] positives() {
        return positives.clone();
    }

    double[] negatives() {
        return negatives.clone();
    }
}
