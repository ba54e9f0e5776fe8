package io.freshet.flink.publish;

import io.freshet.contracts.update.proto.VersionId;

/**
 * The newest version that a subtask has cut.
 *
 * @param lineage never empty
 * @param sequence how many versions the lineage has; 0 before its first
 * @param checkpointId of that version; 0 before the first
 */
public record VersionPosition(String lineage, long sequence, long checkpointId) {
    /** Before the first version of a lineage. */
    public static VersionPosition before(String lineage) {
        return new VersionPosition(lineage, 0, 0);
    }

    /** The version that the given checkpoint cuts. */
    public VersionPosition next(long newCheckpointId) {
        return new VersionPosition(lineage, sequence + 1, newCheckpointId);
    }

    /** Whether no version has been cut: the next one must hold everything. */
    public boolean isBeforeFirst() {
        return sequence == 0;
    }

    /** As the topics carry it. */
    public VersionId toVersionId() {
        return VersionId.newBuilder()
                .setLineage(lineage)
                .setSequence(sequence)
                .setCheckpointId(checkpointId)
                .build();
    }
}
