package io.freshet.flink.publish;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The versions that an operator cuts, and which of them are known to have reached the topics.
 *
 * <pre>
 *   1     2     3     4     5
 *         |committed        |newest      the next one continues 5; after a restore from 5's checkpoint it continues 2,
 *                                        for Kafka may have aborted the transactions of 3, 4 and 5
 * </pre>
 *
 * <p>A version is committed when its checkpoint is known to be complete: from then on the sink's own state answers for it.
 */
final class VersionLine {
    private final Deque<VersionPosition> uncommitted = new ArrayDeque<>();
    private VersionPosition newest;
    private VersionPosition committed;
    private VersionPosition base;

    private VersionLine(VersionPosition newest, VersionPosition committed) {
        this.newest = newest;
        this.committed = committed;
        base = committed;
    }

    /** Before the first version of a lineage. */
    static VersionLine begin(String lineage) {
        VersionPosition before = VersionPosition.before(lineage);
        return new VersionLine(before, before);
    }

    /** As of a checkpoint: the newest version that was cut, and the newest that was known to be committed. */
    static VersionLine restored(VersionPosition newest, VersionPosition committed) {
        return new VersionLine(newest, committed);
    }

    VersionPosition newest() {
        return newest;
    }

    VersionPosition committed() {
        return committed;
    }

    /** What the next version continues: whoever has this one lacks nothing but what the next one brings. */
    VersionPosition base() {
        return base;
    }

    /** The checkpoint cuts the next version. */
    VersionPosition cut(long checkpointId) {
        newest = newest.next(checkpointId);
        base = newest;
        uncommitted.add(newest);
        return newest;
    }

    /** This checkpoint is complete, and so is what came before it. */
    void complete(long checkpointId) {
        while (!uncommitted.isEmpty() && uncommitted.peek().checkpointId() <= checkpointId) {
            committed = uncommitted.remove();
        }
    }
}
