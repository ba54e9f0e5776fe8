package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.store.replica.Snapshot;
import java.util.List;

/** What a record of the model topics leads to, when it is more than "kept for later". */
public sealed interface Outcome {
    /** The record belongs to a lineage that is not followed any more. */
    record Dropped(VersionId version) implements Outcome {}

    /** See {@link Refusal}. */
    record Refused(Refusal refusal) implements Outcome {}

    /**
     * A version is whole: serve it.
     *
     * @param record of the version
     * @param covered records of all versions that this one makes live: its own, and those of aborted checkpoints whose
     *     updates it brings along; none that were cut before this server began to follow, and none that it
     *     serves already
     * @param rows as of this version
     * @param dense the flat vector of dense weights
     */
    record Whole(VersionRecord record, List<VersionRecord> covered, Snapshot rows, float[] dense) implements Outcome {}
}
