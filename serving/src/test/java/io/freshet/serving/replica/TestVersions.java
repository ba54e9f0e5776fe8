package io.freshet.serving.replica;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.CompletionBucket;
import io.freshet.contracts.update.proto.TaskProgress;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.follow.Outcome;
import io.freshet.store.replica.VersionedRows;
import io.freshet.store.table.TableSpec;
import java.util.List;

/** Whole versions, made up. */
public final class TestVersions {
    private TestVersions() {}

    /** A version without rows, whose dense weights are given. */
    public static Outcome.Whole whole(Pipeline pipeline, long checkpointId, float[] dense) {
        VersionRecord record = record(checkpointId, List.of());
        return new Outcome.Whole(record, List.of(record), new VersionedRows(TableSpec.of(pipeline)).current(), dense);
    }

    static VersionRecord record(long checkpointId, List<CompletionBucket> completions) {
        VersionRecord.Builder record = VersionRecord.newBuilder()
                .setVersion(VersionId.newBuilder()
                        .setLineage("a")
                        .setSequence(checkpointId)
                        .setCheckpointId(checkpointId))
                .setCutAtMs(System.currentTimeMillis())
                .addAllCompletions(completions);
        record.getProgressBuilder()
                .setExamples(10)
                .addTasks(TaskProgress.newBuilder().setTask("like").setAuc(0.75).setWindowAuc(Double.NaN));
        return record.build();
    }
}
