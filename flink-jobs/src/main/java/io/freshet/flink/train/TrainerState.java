package io.freshet.flink.train;

import io.freshet.flink.join.JoinedExample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * The trainer's part of a checkpoint: dense weights with their optimizer's state, metrics, and the examples of the
 * unfinished batch, which a checkpoint must not flush early: else a restored run would train other batches.
 */
final class TrainerState {
    /** Keeps single state entries far below the 2 GiB of a Java array. */
    private static final int BYTES_PER_ENTRY = 16 * 1024 * 1024;

    private final ListState<byte[]> dense;
    private final ListState<byte[]> metrics;
    private final ListState<JoinedExample> waiting;

    TrainerState(OperatorStateStore store) throws Exception {
        dense = store.getListState(bytes("dense"));
        metrics = store.getListState(bytes("progressive-metrics"));
        waiting = store.getListState(
                new ListStateDescriptor<>("unfinished-batch", TypeInformation.of(JoinedExample.class)));
    }

    private static ListStateDescriptor<byte[]> bytes(String name) {
        return new ListStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    /** Dense weights and optimizer state as {@link #write} took them; empty when the trainer starts afresh. */
    byte[] dense() throws Exception {
        int length = 0;
        for (byte[] entry : dense.get()) {
            length += entry.length;
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (byte[] entry : dense.get()) {
            whole.put(entry);
        }
        return whole.array();
    }

    /** Metrics as {@link #write} took them; empty when the trainer starts afresh. */
    byte[] metrics() throws Exception {
        for (byte[] entry : metrics.get()) {
            return entry;
        }
        return new byte[0];
    }

    List<JoinedExample> waiting() throws Exception {
        List<JoinedExample> examples = new ArrayList<>();
        waiting.get().forEach(examples::add);
        return examples;
    }

    void write(byte[] newDense, byte[] newMetrics, List<JoinedExample> newWaiting) throws Exception {
        List<byte[]> entries = new ArrayList<>();
        for (int from = 0; from < newDense.length; from += BYTES_PER_ENTRY) {
            byte[] entry = new byte[Math.min(BYTES_PER_ENTRY, newDense.length - from)];
            System.arraycopy(newDense, from, entry, 0, entry.length);
            entries.add(entry);
        }
        dense.update(entries);
        metrics.update(List.of(newMetrics));
        waiting.update(newWaiting);
    }
}
