package io.freshet.serving.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.Scorer;
import io.freshet.serving.TestPipelines;
import io.freshet.serving.follow.Outcome;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelReplicaTest {
    private static final Pipeline PIPELINE = TestPipelines.small("replica");
    private static final ModelPlan PLAN = ModelPlan.of(PIPELINE);
    private static final Scorer SCORER = new Scorer(PLAN, "cpu");
    private static final long NOW = 1_000_000;

    private final EventToServed eventToServed = new EventToServed(() -> NOW);
    private final ModelReplica replica = new ModelReplica(SCORER::load, eventToServed);

    @AfterAll
    static void closeScorer() {
        SCORER.close();
    }

    @AfterEach
    void closeReplica() {
        replica.close();
    }

    private Outcome.Whole version(long checkpointId, CompletionBucket... completions) {
        Outcome.Whole whole = TestVersions.whole(PIPELINE, checkpointId, new float[PLAN.denseSize()]);
        VersionRecord record = TestVersions.record(checkpointId, List.of(completions));
        return new Outcome.Whole(record, List.of(record), whole.rows(), whole.dense());
    }

    private static CompletionBucket examples(long ageMs, long count) {
        return CompletionBucket.newBuilder()
                .setStartMs(NOW - ageMs)
                .setExamples(count)
                .build();
    }

    @Test
    void hasNoVersionAtFirst() {
        assertThat(replica.acquire()).isEmpty();
        assertThat(replica.liveId()).isEmpty();
        assertThat(replica.liveAgeMs()).isEqualTo(-1);
    }

    @Test
    void aVersionOutlivesItsSuccessorAsLongAsARequestHoldsIt() {
        replica.goLive(version(1));
        ServedVersion held = replica.acquire().orElseThrow();
        replica.goLive(version(2));
        assertThat(held.id().getCheckpointId()).isEqualTo(1);
        assertThat(held.retain()).as("still there").isTrue();
        held.close();
        held.close();
        assertThat(held.retain()).as("freed with its last request").isFalse();
        assertThat(replica.liveId().orElseThrow().getCheckpointId()).isEqualTo(2);
    }

    @Test
    void tellsOfTheLastVersionsNewestFirst() {
        for (long checkpointId = 1; checkpointId <= ModelReplica.HISTORY + 5; checkpointId++) {
            replica.goLive(version(checkpointId));
        }
        assertThat(replica.versionsServed()).isEqualTo(ModelReplica.HISTORY + 5);
        assertThat(replica.history()).hasSize(ModelReplica.HISTORY);
        assertThat(replica.history().get(0).record().getVersion().getCheckpointId())
                .isEqualTo(ModelReplica.HISTORY + 5);
    }

    @Test
    void aVersionThatIsReadAgainCountsOnce() {
        replica.goLive(version(1));
        replica.goLive(version(1));
        assertThat(replica.versionsServed()).isEqualTo(1);
        assertThat(replica.history()).hasSize(1);
    }

    @Test
    void measuresEventsAtTheFirstScoreThatHasLearntFromThem() {
        replica.goLive(version(1, examples(30, 1)));
        replica.goLive(version(2, examples(20, 2)));
        ServedVersion second = replica.acquire().orElseThrow();
        replica.goLive(version(3, examples(10, 4)));
        assertThat(eventToServed.latencies().count()).isZero();
        eventToServed.scored(second);
        assertThat(eventToServed.latencies().count()).isEqualTo(3);
        assertThat(eventToServed.latencies().quantile(1)).isEqualTo(30);
        eventToServed.scored(second);
        assertThat(eventToServed.latencies().count()).isEqualTo(3);
        second.close();
        ServedVersion third = replica.acquire().orElseThrow();
        eventToServed.scored(third);
        third.close();
        assertThat(eventToServed.latencies().count()).isEqualTo(7);
        assertThat(eventToServed.latencies().quantile(0.5)).isEqualTo(10);
    }
}
