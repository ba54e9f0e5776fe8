package io.freshet.flink.publish;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.state.proto.ModelStamp;
import io.freshet.flink.restore.ModelStamps;
import io.freshet.flink.restore.RestoreRule;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The versions that an operator has cut, as operator state: the newest, which every subtask holds alike, and what of it has arrived. */
public final class LineageState implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LineageState.class);

    private final Pipeline pipeline;
    private final String newLineage;
    private transient ListState<VersionPosition> newestState;
    private transient ListState<VersionPosition> committedState;
    private transient ListState<byte[]> stampState;
    private transient ModelStamp stamp;
    private transient VersionLine line;
    private transient long newestCheckpointId;

    /** State for an operator of {@code pipeline}; {@code newLineage} begins when there is nothing to restore. */
    public LineageState(Pipeline pipeline, String newLineage) {
        this.pipeline = pipeline;
        this.newLineage = newLineage;
    }

    /**
     * Restores the position, or begins a lineage.
     *
     * @throws RuntimeException when the pipeline file does not fit the state, see {@link RestoreRule#check}
     */
    public void initialize(StateInitializationContext context) throws Exception {
        newestState = union(context, "published-version");
        committedState = union(context, "committed-version");
        stampState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(
                        ModelStamps.STATE, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        stamp = ModelStamps.of(pipeline);
        newestCheckpointId = context.getRestoredCheckpointId().orElse(0);
        line = VersionLine.begin(newLineage);
        Iterator<VersionPosition> restored =
                context.isRestored() ? newestState.get().iterator() : Collections.emptyIterator();
        if (restored.hasNext()) {
            line = goOn(restored.next());
        }
    }

    /** Union: a subtask that joins at a higher parallelism gets a copy too. */
    private static ListState<VersionPosition> union(StateInitializationContext context, String name) throws Exception {
        return context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(name, TypeInformation.of(VersionPosition.class)));
    }

    private VersionLine goOn(VersionPosition restored) throws Exception {
        VersionPosition position = LineageRule.goOn(restored, changedTo(), PublishedVersions.newest(pipeline));
        if (position.equals(restored)) {
            return VersionLine.restored(restored, LineageRule.committed(restored, committedState.get()));
        }
        LOG.warn(
                "Restored at {}, but servers have seen another or a newer version, or the model, the pipeline's name or"
                        + " restore.lineage has changed: lineage {} begins, and every row is published again",
                restored,
                position.lineage());
        return VersionLine.begin(position.lineage());
    }

    /** State of an older build has no stamp: that it is of the same model cannot be known. */
    private String changedTo() throws Exception {
        Iterator<byte[]> stamps = stampState.get().iterator();
        if (stamps.hasNext()) {
            ModelStamp before = ModelStamp.parseFrom(stamps.next());
            RestoreRule.check(before, stamp, pipeline);
            if (RestoreRule.isSameLineage(before, stamp)) {
                return "";
            }
        }
        return String.join(" / ", stamp.getPipeline(), stamp.getFingerprint(), stamp.getLineageLabel());
    }

    /** Whether the next version is the first of its lineage. */
    public boolean isNew() {
        return line.newest().isBeforeFirst();
    }

    /** The newest version that was cut. */
    public VersionPosition position() {
        return line.newest();
    }

    /**
     * What the next version continues. Mostly the newest one; after a restore the newest that is known to have arrived, so
     * that the next one has to bring what came since.
     */
    public VersionPosition base() {
        return line.base();
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
        return line.cut(checkpointId);
    }

    /** A checkpoint is complete. */
    public void checkpointCompleted(long checkpointId) {
        line.complete(checkpointId);
    }

    /** Puts the position into the checkpoint. */
    public void snapshot() throws Exception {
        newestState.update(List.of(line.newest()));
        committedState.update(List.of(line.committed()));
        stampState.update(List.of(stamp.toByteArray()));
    }
}
