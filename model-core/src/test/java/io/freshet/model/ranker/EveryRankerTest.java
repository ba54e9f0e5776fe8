package io.freshet.model.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.freshet.contracts.pipeline.CrossConfig;
import io.freshet.contracts.pipeline.CrossConfig.Structure;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.RankerConfig.Type;
import io.freshet.contracts.pipeline.RankerConfigBuilder;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.Labels;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for each type of ranker, from its pipeline to what is served. */
class EveryRankerTest {
    private static final long SEED = 5;
    private static final int[] SIZES = {32, 5, 1, 17};

    static List<Named<RankerConfig>> rankers() {
        RankerConfigBuilder mixer = RankerConfig.DEFAULTS.change().type(Type.RANK_MIXER);
        return List.of(
                Named.of("TokenMixer-Large", Pipelines.movieRanker()),
                Named.of("RankMixer", mixer.build()),
                Named.of("RankMixer with experts", mixer.moe(MoeConfig.of(4, 1)).build()),
                Named.of("DCN V2", dcn(new CrossConfig(3, 0, Structure.STACKED))),
                Named.of("DCN V2 in parallel, of low rank", dcn(new CrossConfig(2, 8, Structure.PARALLEL))),
                Named.of(
                        "DLRM-MLP",
                        RankerConfig.DEFAULTS.change().type(Type.DLRM_MLP).build()));
    }

    private static RankerConfig dcn(CrossConfig cross) {
        return RankerConfig.DEFAULTS
                .change()
                .type(Type.DCN_V2)
                .cross(cross)
                .hidden(List.of(48, 24))
                .build();
    }

    static Stream<Named<RankerConfig>> withoutPenalty() {
        return rankers().stream().filter(ranker -> !ranker.getPayload().moe().isSparse());
    }

    private static ModelPlan plan(RankerConfig ranker) {
        Pipeline movies = Pipelines.movies();
        return ModelPlan.of(Pipelines.of(movies.tables(), movies.features(), List.of("like"), ranker));
    }

    private static TrainingStep untrained(ModelPlan plan) {
        return new TrainingStep(plan, Pipelines.training(), DenseState.initial(plan, Pipelines.training()));
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void learnsABatchByHeart(RankerConfig ranker) {
        ModelPlan plan = plan(ranker);
        try (TrainingStep step = untrained(plan)) {
            MovieStream.Next next = new MovieStream(plan, SEED).next(32);
            double first = step.run(next.batch(), next.labels()).loss();
            double last = 0;
            for (int i = 0; i < 500; i++) {
                last = step.run(next.batch(), next.labels()).loss();
            }
            assertThat(last).as("seed %d", SEED).isLessThan(first * 0.7);
        }
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void servesWhatTheTrainerSaidBeforeItLearnt(RankerConfig ranker) {
        ModelPlan plan = plan(ranker);
        try (TrainingStep step = untrained(plan);
                Scorer scorer = new Scorer(plan, "cpu")) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int size : SIZES) {
                MovieStream.Next next = stream.next(size);
                try (DenseWeights weights = scorer.load(step.weights())) {
                    float[] served = scorer.score(weights, next.batch());
                    StepResult said = step.run(next.batch(), next.labels());
                    assertThat(served).containsExactly(plan.predictions(said.logits()), offset(1e-6f));
                }
            }
        }
    }

    /** With so many examples each expert computes only those that it is open for. */
    @Test
    void manyExamplesAreScoredByOpenGatesOnly() {
        RankerConfigBuilder mixer = RankerConfig.DEFAULTS.change().type(Type.RANK_MIXER);
        ModelPlan plan = plan(mixer.moe(MoeConfig.of(4, 1)).build());
        try (TrainingStep step = untrained(plan);
                Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(step.weights())) {
            MovieStream.Next next = new MovieStream(plan, SEED).next(2100);
            float[] served = scorer.score(weights, next.batch());
            StepResult said = step.run(next.batch(), next.labels());
            assertThat(served).containsExactly(plan.predictions(said.logits()), offset(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource("rankers")
    void endsWithTheSameBitsWhenRestoredMidway(RankerConfig ranker) {
        ModelPlan plan = plan(ranker);
        DenseState undisturbed;
        try (TrainingStep step = untrained(plan)) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int size : SIZES) {
                MovieStream.Next next = stream.next(size);
                step.run(next.batch(), next.labels());
            }
            undisturbed = step.snapshot();
        }
        DenseState state = DenseState.initial(plan, Pipelines.training());
        MovieStream stream = new MovieStream(plan, SEED);
        for (int size : SIZES) {
            try (TrainingStep step =
                    new TrainingStep(plan, Pipelines.training(), DenseState.fromBytes(state.toBytes()))) {
                MovieStream.Next next = stream.next(size);
                step.run(next.batch(), next.labels());
                state = step.snapshot();
            }
        }
        assertThat(state).usingRecursiveComparison().isEqualTo(undisturbed);
    }

    /** A penalty on gates knows no label, and so no weight. */
    @ParameterizedTest
    @MethodSource("withoutPenalty")
    void anExampleOfWeightZeroTeachesNothing(RankerConfig ranker) {
        ModelPlan plan = plan(ranker);
        try (TrainingStep step = untrained(plan)) {
            float[] before = step.weights();
            MovieStream.Next next = new MovieStream(plan, SEED).next(4);
            step.run(next.batch(), new Labels(next.labels().labels(), new float[4]));
            assertThat(step.weights()).isEqualTo(before);
        }
    }

    @Test
    void theFingerprintTellsAllOfThemApart() {
        assertThat(rankers().stream().map(ranker -> plan(ranker.getPayload()).fingerprint()))
                .doesNotHaveDuplicates();
    }

    @Test
    void howManyGatesShouldBeOpenIsNoOtherModel() {
        RankerConfigBuilder mixer = RankerConfig.DEFAULTS.change().type(Type.RANK_MIXER);
        ModelPlan one = plan(mixer.moe(MoeConfig.of(4, 1)).build());
        assertThat(plan(mixer.moe(MoeConfig.of(4, 2)).build()).fingerprint()).isEqualTo(one.fingerprint());
    }

    @Test
    void rankMixerIsToldWhenThereAreMoreTokensThanNumbers() {
        RankerConfigBuilder mixer = RankerConfig.DEFAULTS.change().type(Type.RANK_MIXER);
        assertThatThrownBy(() -> plan(mixer.heads(128).width(128).build()))
                .hasMessageContaining("asks for 128 tokens, but all features together are only 65 numbers wide");
    }
}
