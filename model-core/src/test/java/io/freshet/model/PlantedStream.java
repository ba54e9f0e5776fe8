package io.freshet.model;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.ranker.ModelPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Made-up examples of eight numbers in four groups, the same for the same seed. The label's log-odds is known: which
 * numbers count depends on the signs of others, so that different rows want different nets.
 */
public final class PlantedStream {
    private static final int NUMBERS = 8;
    private static final int GROUPS = 4;

    private final SplittableRandom random;
    private final BatchAssembler assembler;
    private double bayesLoss;
    private int examples;

    /** A stream from its beginning. */
    public PlantedStream(ModelPlan plan, long seed) {
        random = new SplittableRandom(seed);
        assembler = new BatchAssembler(plan);
    }

    /** The pipeline of these examples: five tokens, the global one among them. */
    public static Pipeline pipeline(RankerConfig ranker) {
        List<FeatureConfig> features = new ArrayList<>();
        features.add(Pipelines.feature("nobody", Slot.ID, "nobody", "group0")); // A pipeline has a table.
        for (int i = 0; i < NUMBERS; i++) {
            features.add(Pipelines.number("x" + i, "group" + i * GROUPS / NUMBERS));
        }
        return Pipelines.of(Pipelines.tables(Map.entry("nobody", 1)), features, List.of("like"), ranker);
    }

    /** The next examples. */
    public MovieStream.Next next(int size) {
        List<EncodedFeatures> features = new ArrayList<>();
        float[] labels = new float[size];
        float[] weights = new float[size];
        Arrays.fill(weights, 1);
        for (int i = 0; i < size; i++) {
            float[] x = new float[NUMBERS];
            for (int j = 0; j < NUMBERS; j++) {
                x[j] = (float) (2 * random.nextDouble() - 1);
            }
            double chance = 1 / (1 + Math.exp(-logOdds(x)));
            labels[i] = random.nextDouble() < chance ? 1 : 0;
            bayesLoss -= chance * Math.log(chance) + (1 - chance) * Math.log(1 - chance);
            examples++;
            features.add(new EncodedFeatures(new long[1], new int[] {0, 1}, x));
        }
        RankerBatch batch = assembler.assemble(features);
        batch.tables()
                .forEach(table ->
                        table.rows().put(new float[table.count() * table.table().width()]));
        return new MovieStream.Next(batch, new Labels(labels, weights));
    }

    private static double logOdds(float[] x) {
        double first = x[0] > 0 ? 4 * x[2] * x[5] : 4 * x[3] * x[4];
        double second = x[1] > 0 ? Math.sin(3 * x[6]) : Math.cos(3 * x[7]) * x[2];
        return 2 * first + 2 * second;
    }

    /** Mean loss of the best there can be, over the examples so far. */
    public double bayesLoss() {
        return bayesLoss / examples;
    }
}
