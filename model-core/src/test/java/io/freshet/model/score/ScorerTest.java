package io.freshet.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.StepResult;
import io.freshet.model.step.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ScorerTest {
    private static final long SEED = 3;
    private static final int THREADS = 8;

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());

    @Test
    void givesWhatTheTrainerSaidBeforeItLearnt() {
        try (TrainingStep step =
                        new TrainingStep(plan, Pipelines.training(), DenseState.initial(plan, Pipelines.training()));
                Scorer scorer = new Scorer(plan, "cpu")) {
            MovieStream stream = new MovieStream(plan, SEED);
            for (int i = 0; i < 20; i++) {
                MovieStream.Next next = stream.next(16);
                try (DenseWeights weights = scorer.load(step.weights())) {
                    float[] served = scorer.score(weights, next.batch());
                    StepResult said = step.run(next.batch(), next.labels());
                    assertThat(served).containsExactly(plan.predictions(said.logits()), offset(1e-6f));
                }
            }
        }
    }

    @Test
    void manyThreadsScoreWhileWeightsAreSwappedAndEveryAnswerIsOfOneOfThem() throws Exception {
        int versions = 20;
        try (Scorer scorer = new Scorer(plan, "cpu")) {
            List<float[]> answers = new ArrayList<>();
            List<float[]> dense = new ArrayList<>();
            for (int version = 0; version < versions; version++) {
                dense.add(plan.initialDense(version));
                try (DenseWeights weights = scorer.load(dense.get(version))) {
                    answers.add(scorer.score(
                            weights, new MovieStream(plan, SEED).next(8).batch()));
                }
            }
            AtomicReference<DenseWeights> live = new AtomicReference<>(scorer.load(dense.get(0)));
            ExecutorService pool = Executors.newFixedThreadPool(THREADS);
            List<Future<Integer>> counts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                counts.add(pool.submit(() -> hammer(scorer, live, answers)));
            }
            for (int version = 1; version < versions; version++) {
                live.getAndSet(scorer.load(dense.get(version))).close();
            }
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isPositive();
            }
            pool.shutdown();
            live.get().close();
        }
    }

    private int hammer(Scorer scorer, AtomicReference<DenseWeights> live, List<float[]> answers) {
        MovieStream.Next next = new MovieStream(plan, SEED).next(8);
        int count = 0;
        while (count < 100) {
            DenseWeights weights = live.get();
            if (weights.retain()) { // Else it was swapped out between the two lines: take the new one.
                try (weights) {
                    assertThat(answers).contains(scorer.score(weights, next.batch()));
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void weightsStayUntilTheirLastUserLeaves() {
        try (Scorer scorer = new Scorer(plan, "cpu")) {
            DenseWeights weights = scorer.load(plan.initialDense(1));
            assertThat(weights.retain()).isTrue();
            weights.close();
            assertThat(scorer.score(weights, new MovieStream(plan, SEED).next(2).batch()))
                    .hasSize(2);
            weights.close();
            assertThat(weights.retain()).isFalse();
            assertThatThrownBy(weights::close).hasMessageContaining("closed more often");
        }
    }

    @Test
    void refusesWeightsOfAnotherLength() {
        try (Scorer scorer = new Scorer(plan, "cpu")) {
            assertThatThrownBy(() -> scorer.load(new float[3]))
                    .hasMessageContaining("%d dense weights, but got 3".formatted(plan.denseSize()));
        }
    }
}
