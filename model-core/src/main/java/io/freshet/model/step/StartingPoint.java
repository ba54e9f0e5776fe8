package io.freshet.model.step;

import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.file.DenseFile;
import io.freshet.model.file.DenseMetadata;
import io.freshet.model.ranker.ModelPlan;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model knows before its first step: nothing, or the dense weights of a file.
 *
 * <p>A file's priors are taken over as if so many examples with that rate of positives had been counted, so that they
 * hold from the first prediction on and give way to what the stream says.
 *
 * @param weights the dense vector, priors included
 * @param positives [tasks] counted before the first step
 * @param negatives [tasks] likewise
 */
record StartingPoint(float[] weights, double[] positives, double[] negatives) {
    private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

    /**
     * How many examples a file's prior stands for: few enough to forget a wrong rate after some thousands of the stream's
     * own, many enough that the chance of the first few does not move a right one.
     */
    private static final double EXAMPLES_OF_PRIOR = 1000;

    /**
     * Reads it as the configuration says.
     *
     * @throws io.freshet.model.file.WeightFileException if the file's weights are not this ranker's
     */
    static StartingPoint of(ModelPlan plan, TrainingConfig config) {
        int tasks = plan.tasks().size();
        if (config.startFrom().isEmpty()) {
            return new StartingPoint(plan.initialDense(config.seed()), new double[tasks], new double[tasks]);
        }
        DenseFile.Loaded file = DenseFile.read(Path.of(config.startFrom()), plan.parameters());
        String fingerprint = file.metadata().get(DenseMetadata.FINGERPRINT);
        if (fingerprint != null && !fingerprint.equals(plan.fingerprint())) {
            LOG.warn(
                    "The weights of {} fit, but are of model {}, and this is model {}: if features, their order or the"
                            + " ranker's settings differ, they mean something else here.",
                    config.startFrom(),
                    fingerprint,
                    plan.fingerprint());
        }
        LOG.info("Dense weights start from {} {}", config.startFrom(), file.metadata());
        float[] priors = Arrays.copyOfRange(file.dense(), plan.priorOffset(), plan.denseSize());
        double[] positives = new double[tasks];
        double[] negatives = new double[tasks];
        for (int task = 0; task < tasks; task++) {
            double rate = 1 / (1 + Math.exp(-priors[task]));
            double rarer = Math.min(rate, 1 - rate);
            // More, if it takes more for the rarer label to have been counted at all besides the imagined ones.
            double examples = Math.max(EXAMPLES_OF_PRIOR, LabelPrior.IMAGINED / 2 / rarer);
            positives[task] = examples * rate - LabelPrior.IMAGINED / 2;
            negatives[task] = examples * (1 - rate) - LabelPrior.IMAGINED / 2;
        }
        return new StartingPoint(file.dense(), positives, negatives);
    }
}
