package io.freshet.serving.replica;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.Scorer;
import java.util.List;
import java.util.Optional;

/**
 * Scores candidates with the live version, one batch a request: rows and dense weights are of one version throughout.
 *
 * <p>Threads: any number; each keeps buffers of its own, so use threads of a pool.
 */
public final class CandidateScorer {
    /**
     * What a version says about candidates.
     *
     * @param version that scored them, all of them
     * @param predictions [candidates * tasks], task after task of a candidate: probabilities, and the value where a
     *     task is a regression
     */
    public record Scored(VersionId version, float[] predictions) {}

    private final ModelReplica replica;
    private final Scorer scorer;
    private final EventToServed eventToServed;
    private final ThreadLocal<BatchAssembler> assemblers;

    /** A scorer of whatever version is live in {@code replica}. */
    public CandidateScorer(ModelPlan plan, ModelReplica replica, Scorer scorer, EventToServed eventToServed) {
        this.replica = replica;
        this.scorer = scorer;
        this.eventToServed = eventToServed;
        this.assemblers = ThreadLocal.withInitial(() -> new BatchAssembler(plan));
    }

    /** Scores at least one candidate; empty while no version is live. */
    public Optional<Scored> score(List<EncodedFeatures> candidates) {
        Optional<ServedVersion> live = replica.acquire();
        if (live.isEmpty()) {
            return Optional.empty();
        }
        try (ServedVersion version = live.get()) {
            RankerBatch batch = assemblers.get().assemble(candidates);
            for (TableBatch table : batch.tables()) {
                version.rows().gather(table.table().index(), table.ids(), 0, table.count(), table.rows());
            }
            float[] predictions = scorer.score(version.dense(), batch);
            eventToServed.scored(version);
            return Optional.of(new Scored(version.id(), predictions));
        }
    }
}
