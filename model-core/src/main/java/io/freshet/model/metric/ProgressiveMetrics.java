package io.freshet.model.metric;

import io.freshet.model.batch.Labels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Progressive validation: metrics of predictions that were made before their label was learnt from, over the whole
 * stream and over its last examples. Not thread-safe.
 */
public final class ProgressiveMetrics {
    private static final byte VERSION = 1;

    private final int windowLength;
    private final List<Stream> streams = new ArrayList<>();
    private final List<Window> windows = new ArrayList<>();

    /**
     * Metrics of nothing yet.
     *
     * @param windowLength how many of the last examples the window holds
     */
    public ProgressiveMetrics(int tasks, int windowLength) {
        this.windowLength = windowLength;
        for (int task = 0; task < tasks; task++) {
            streams.add(new Stream());
            windows.add(new Window(windowLength));
        }
    }

    private ProgressiveMetrics(int windowLength) {
        this.windowLength = windowLength;
    }

    /**
     * Adds the predictions of a batch.
     *
     * @param logits [B, tasks], made before the batch was learnt
     */
    public void add(float[] logits, Labels labels) {
        int tasks = streams.size();
        for (int i = 0; i < logits.length; i++) {
            add(i % tasks, logits[i], labels.labels()[i] > 0.5f, labels.weights()[i / tasks]);
        }
    }

    /** Adds one prediction. */
    public void add(int task, float logit, boolean label, float weight) {
        streams.get(task).add(logit, label, weight);
        windows.get(task).add(logit, label, weight);
    }

    /** Over all examples so far. */
    public Metrics whole(int task) {
        return streams.get(task).metrics();
    }

    /** Over the last examples. */
    public Metrics window(int task) {
        return windows.get(task).metrics();
    }

    /**
     * Adds all that another one has seen, as the newer part.
     *
     * @throws IllegalArgumentException if it is about another number of tasks
     */
    public void merge(ProgressiveMetrics other) {
        if (other.streams.size() != streams.size()) {
            throw new IllegalArgumentException("Metrics of %d tasks cannot take in metrics of %d."
                    .formatted(streams.size(), other.streams.size()));
        }
        for (int task = 0; task < streams.size(); task++) {
            streams.get(task).merge(other.streams.get(task));
            windows.get(task).merge(other.windows.get(task));
        }
    }

    /**
     * Bytes for a checkpoint, big-endian:
     *
     * <pre>
     *   u8 version = 1 | i32 tasks | i32 window length | for each task:
     *     i64 examples | f64 weight, positives, loss, predicted | i32 classes | (u16 class | f64 positives, negatives)*
     *     i32 size | (f32 logit | f32 weight | u8 label)*, oldest first
     * </pre>
     */
    public byte[] toBytes() {
        int size = 1 + 2 * Integer.BYTES;
        for (int task = 0; task < streams.size(); task++) {
            size += streams.get(task).bytes() + windows.get(task).bytes();
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION).putInt(streams.size()).putInt(windowLength);
        for (int task = 0; task < streams.size(); task++) {
            streams.get(task).write(out);
            windows.get(task).write(out);
        }
        return out.array();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException for bytes of another version, or trailing ones
     */
    public static ProgressiveMetrics fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "Metrics are of version %d, but this build reads version %d only.".formatted(version, VERSION));
        }
        int tasks = in.getInt();
        ProgressiveMetrics metrics = new ProgressiveMetrics(in.getInt());
        for (int task = 0; task < tasks; task++) {
            metrics.streams.add(Stream.read(in));
            metrics.windows.add(Window.read(in, metrics.windowLength));
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("Metrics have %d bytes too many.".formatted(in.remaining()));
        }
        return metrics;
    }
}
