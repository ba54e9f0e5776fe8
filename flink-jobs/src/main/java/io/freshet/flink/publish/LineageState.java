package io.freshet.flink.publish;

import io.freshet.contracts.pipeline.Pipeline;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest version an operator has cut, as operator state. Every subtask holds the same one. */
public final class LineageState implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LineageState.class);

    private final Pipeline pipeline;
    private final String newLineage;
    private transient ListState<VersionPosition> state;
    private transient VersionPosition position;
    private transient long newestCheckpointId;

    /** State for an operator of {@code pipeline}; {@code newLineage} begins when there is nothing to restore. */
    public LineageState(Pipeline pipeline, String newLineage) {
        this.pipeline = pipeline;
        this.newLineage = newLineage;
    }

    /** Restores the position, or begins a lineage. */
    public void initialize(StateInitializationContext context) throws Exception {
        // Union: a subtask that joins at a higher parallelism gets a copy too.
        state = context.getOperatorStateStore()
                .getUnionListState(
                        new ListStateDescriptor<>("published-version", TypeInformation.of(VersionPosition.class)));
        position = VersionPosition.before(newLineage);
        newestCheckpointId = context.getRestoredCheckpointId().orElse(0);
        if (!context.isRestored()) {
            return;
        }
        for (VersionPosition restored : state.get()) {
            position = LineageRule.goOn(restored, PublishedVersions.newest(pipeline));
            if (isNew()) {
                LOG.warn(
                        "Restored at {}, but servers have seen another or a newer version: lineage {} begins, and every row is published again",
                        restored,
                        position.lineage());
            }
            return;
        }
    }

    /** Whether the next version is the first of its lineage. */
    public boolean isNew() {
        return position.isBeforeFirst();
    }

    public VersionPosition position() {
        return position;
    }

    /** A checkpoint's barrier is here, whether it cuts a version or not. */
    public void checkpointBegins(long checkpointId) {
        newestCheckpointId = checkpointId;
    }

    /**
     * What a version is called that is cut at the end of input: before the barrier of the last savepoint, since sinks take
     * nothing after the end. At most that savepoint's id, and so smaller than any that comes after a restart.
     */
    public long checkpointIdAtEnd() {
        return newestCheckpointId + 1;
    }

    /** The checkpoint cuts the next version. */
    public VersionPosition advance(long checkpointId) {
        position = position.next(checkpointId);
        return position;
    }

    /** Puts the position into the checkpoint. */
    public void snapshot() throws Exception {
        state.update(List.of(position));
    }
}
