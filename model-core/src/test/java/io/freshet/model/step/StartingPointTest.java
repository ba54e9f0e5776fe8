package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.file.DenseFile;
import io.freshet.model.file.DenseMetadata;
import io.freshet.model.file.WeightFileException;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingPointTest {
    private static final long SEED = 5;

    @TempDir
    private Path folder;

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());

    @Test
    void aModelThatStartsFromAnExportedOneSaysWhatThatOneSaid() {
        MovieStream stream = new MovieStream(plan, SEED);
        float[] exported;
        try (TrainingStep step = new TrainingStep(plan, cold(), DenseState.initial(plan, cold()))) {
            for (int i = 0; i < 20; i++) {
                MovieStream.Next next = stream.next(32);
                step.run(next.batch(), next.labels());
            }
            exported = step.weights();
        }
        TrainingConfig warm = cold().startingFrom(write(plan, exported).toString());
        MovieStream.Next next = stream.next(32);
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(exported);
                TrainingStep step = new TrainingStep(plan, warm, DenseState.initial(plan, warm))) {
            assertThat(step.weights()).containsExactly(exported, offset(1e-6f));
            float[] before = scorer.score(weights, next.batch());
            assertThat(plan.predictions(step.run(next.batch(), next.labels()).logits()))
                    .containsExactly(before, offset(1e-6f));
        }
    }

    @Test
    void aPriorOfARareLabelIsTakenOverToo() {
        for (float prior : List.of(-9f, -1.5f, 0f, 3f)) {
            float[] dense = plan.initialDense(SEED);
            Arrays.fill(dense, plan.priorOffset(), dense.length, prior);
            TrainingConfig warm = cold().startingFrom(write(plan, dense).toString());
            DenseState state = DenseState.initial(plan, warm);
            assertThat(state.positives()[0]).isNotNegative();
            assertThat(state.negatives()[0]).isNotNegative();
            try (TrainingStep step = new TrainingStep(plan, warm, state)) {
                assertThat(step.weights()[plan.priorOffset()]).isCloseTo(prior, offset(1e-5f));
            }
        }
    }

    @Test
    void aFileOfAnotherRankerIsRefused() {
        RankerConfig deeper = Pipelines.movieRanker().change().layers(3).build();
        ModelPlan other = ModelPlan.of(
                Pipelines.of(Pipelines.movies().tables(), Pipelines.movies().features(), List.of("like"), deeper));
        TrainingConfig warm =
                cold().startingFrom(write(other, other.initialDense(SEED)).toString());
        assertThatThrownBy(() -> DenseState.initial(plan, warm))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("Missing: none. Unknown: block.2.");
    }

    private static TrainingConfig cold() {
        return Pipelines.training();
    }

    private Path write(ModelPlan of, float[] dense) {
        Path file = folder.resolve("warm.safetensors");
        DenseFile.write(file, of.parameters(), dense, new DenseMetadata("movies", of.fingerprint()).texts());
        return file;
    }
}
