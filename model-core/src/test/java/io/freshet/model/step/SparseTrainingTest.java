package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.PlantedStream;
import io.freshet.model.metric.ExpertLoad;
import io.freshet.model.metric.ExpertLoads;
import io.freshet.model.ranker.ModelPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Half of the experts must learn a task about as well as the dense net that they were cut from. */
class SparseTrainingTest {
    private static final long SEED = 3;
    private static final int STEPS = 500;
    private static final int LATELY = 100;
    private static final int BATCH = 128;

    private record Trained(double loss, double bayesLoss, List<ExpertLoad> loads) {}

    private static Trained train(MoeConfig moe) {
        RankerConfig ranker =
                RankerConfig.DEFAULTS.change().width(16).wide(false).moe(moe).build();
        ModelPlan plan = ModelPlan.of(PlantedStream.pipeline(ranker));
        TrainingConfig config = Pipelines.training().with(DenseOptimizerConfig.adagrad(0.03, 0.01));
        PlantedStream stream = new PlantedStream(plan, SEED);
        ExpertLoads loads = new ExpertLoads(LATELY * BATCH / 2);
        double loss = 0;
        try (TrainingStep step = new TrainingStep(plan, config, DenseState.initial(plan, config))) {
            for (int i = 0; i < STEPS; i++) {
                MovieStream.Next next = stream.next(BATCH);
                StepResult result = step.run(next.batch(), next.labels());
                loads.add(BATCH, result.experts());
                loss += i >= STEPS - LATELY ? result.loss() / LATELY : 0;
            }
        }
        return new Trained(loss, stream.bayesLoss(), loads.lately());
    }

    @Test
    void halfOfTheExpertsLearnNearlyAsWellAsTheDenseNetAndNoneIsIdle() {
        Trained dense = train(MoeConfig.DEFAULTS);
        Trained sparse = train(MoeConfig.of(8, 4));
        String what = "seed %d, dense %s, sparse %s".formatted(SEED, dense, sparse);
        assertThat(dense.loss()).as(what).isLessThan(0.9 * Math.log(2));
        assertThat(sparse.loss()).as(what).isLessThan(1.04 * dense.loss());
        assertThat(sparse.loads()).as(what).hasSize(4).allSatisfy(load -> {
            assertThat(load.idle()).isZero();
            assertThat(load.entropy()).isGreaterThan(0.8);
        });
    }
}
