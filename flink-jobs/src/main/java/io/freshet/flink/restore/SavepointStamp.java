package io.freshet.flink.restore;

import io.freshet.contracts.state.proto.ModelStamp;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle.StateMetaInfo;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the stamp of a savepoint or a retained checkpoint without starting a job. */
public final class SavepointStamp {
    private static final Logger LOG = LoggerFactory.getLogger(SavepointStamp.class);
    /** Far above any stamp: a larger number is no length, but bytes that Flink has compressed. */
    private static final int BYTES_MAX = 1 << 20;

    private SavepointStamp() {}

    /**
     * The stamp.
     *
     * @param path as Flink takes it
     * @return empty when this machine cannot read the path, or finds no stamp there: then the job's own tasks will see
     */
    public static Optional<ModelStamp> read(String path) {
        try {
            for (OperatorStateHandle handle : operatorStates(path)) {
                StateMetaInfo stamps = handle.getStateNameToPartitionOffsets().get(ModelStamps.STATE);
                if (stamps != null && stamps.getOffsets().length > 0) {
                    return stampAt(handle, stamps.getOffsets()[0]);
                }
            }
            LOG.warn("{} does not say which model its state is of: that is for the job to find out", path);
        } catch (IOException | RuntimeException e) {
            // The path may be of another machine, or of a plug-in's file system.
            LOG.warn(
                    "Could not look into {} from here ({}): whether its state fits is for the job to find out",
                    path,
                    e);
        }
        return Optional.empty();
    }

    private static List<OperatorStateHandle> operatorStates(String path) throws IOException {
        StreamStateHandle file =
                AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path).getMetadataHandle();
        List<OperatorStateHandle> handles = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(file.openInputStream())) {
            CheckpointMetadata metadata =
                    Checkpoints.loadCheckpointMetadata(in, SavepointStamp.class.getClassLoader(), path);
            for (OperatorState operator : metadata.getOperatorStates()) {
                for (OperatorSubtaskState subtask : operator.getStates()) {
                    handles.addAll(subtask.getManagedOperatorState());
                }
            }
        }
        return handles;
    }

    /** An array of bytes, as Flink writes it: its length, then itself. */
    private static Optional<ModelStamp> stampAt(OperatorStateHandle handle, long offset) throws IOException {
        try (FSDataInputStream file = handle.openInputStream();
                DataInputStream in = new DataInputStream(file)) {
            file.seek(offset);
            int length = in.readInt();
            if (length < 0 || length > BYTES_MAX) {
                throw new IOException(
                        "no stamp where it should be; is execution.checkpointing.snapshot-compression on?");
            }
            return Optional.of(ModelStamp.parseFrom(in.readNBytes(length)));
        }
    }
}
