package io.freshet.model.metric;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.metric.TaskStream.Kind;
import io.freshet.model.ranker.TaskTargets.Targets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Progressive validation: metrics of predictions that were made before their label was learnt from, over the whole
 * stream and over its last examples, each task over the examples that have its label. Not thread-safe.
 */
public final class ProgressiveMetrics {
    private static final byte VERSION = 2;

    private final int windowLength;
    private final List<TaskStream> streams = new ArrayList<>();
    private final List<Window> windows = new ArrayList<>();
    private long examples;
    private long skipped;

    /**
     * Metrics of nothing yet.
     *
     * @param windowLength how many of the last examples the window of a task holds
     */
    public ProgressiveMetrics(List<TaskConfig> tasks, int windowLength) {
        this(windowLength);
        for (TaskConfig task : tasks) {
            Kind kind = task.type() == TaskConfig.Type.REGRESSION ? Kind.VALUE : Kind.PROBABILITY;
            streams.add(TaskStream.of(kind));
            windows.add(new Window(kind, windowLength));
        }
    }

    private ProgressiveMetrics(int windowLength) {
        this.windowLength = windowLength;
    }

    /**
     * Adds the predictions of a batch. Masked labels do not count.
     *
     * @param logits [B, tasks], made before the batch was learnt; values where a task is a regression
     * @param weights [B] of the examples
     */
    public void add(float[] logits, Targets targets, float[] weights) {
        int tasks = streams.size();
        for (int i = 0; i < logits.length; i++) {
            if (targets.masks()[i] == 1) {
                add(i % tasks, logits[i], targets.labels()[i], weights[i / tasks]);
            }
        }
        examples += weights.length;
    }

    /** Adds one prediction of one task. */
    void add(int task, float output, float label, float weight) {
        streams.get(task).add(output, label, weight);
        windows.get(task).add(output, label, weight);
    }

    /** Counts the examples of a batch that was skipped: its predictions are of no use. */
    public void skip(int batch) {
        examples += batch;
        skipped += batch;
    }

    /** Examples so far, those of skipped batches included. */
    public long examples() {
        return examples;
    }

    /** Examples of skipped batches. */
    public long skipped() {
        return skipped;
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
        examples += other.examples;
        skipped += other.skipped;
    }

    /**
     * Bytes for a checkpoint, big-endian:
     *
     * <pre>
     *   u8 version = 2 | i64 examples | i64 skipped | i32 tasks | i32 window length | for each task:
     *     u8 kind | stream | i32 size | (f32 output | f32 weight | f32 label)*, oldest first
     *   stream of kind 0, probability   i64 examples | f64 weight, positives, loss, predicted
     *                                   | i32 classes | (u16 class | f64 positives, negatives)*
     *   stream of kind 1, value         i64 examples | f64 weight, observed, predicted, squared errors
     *
     *   version 1 has neither examples nor skipped, nor kinds (all are probabilities); a label is u8
     * </pre>
     */
    public byte[] toBytes() {
        int size = 1 + 2 * Long.BYTES + 2 * Integer.BYTES;
        for (int task = 0; task < streams.size(); task++) {
            size += 1 + streams.get(task).bytes() + windows.get(task).bytes();
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION).putLong(examples).putLong(skipped);
        out.putInt(streams.size()).putInt(windowLength);
        for (int task = 0; task < streams.size(); task++) {
            out.put((byte) (streams.get(task).kind() == Kind.PROBABILITY ? 0 : 1));
            streams.get(task).write(out);
            windows.get(task).write(out);
        }
        return out.array();
    }

    /**
     * Reads what {@link #toBytes} wrote, in this version or the one before.
     *
     * @throws IllegalArgumentException for bytes of another version, or trailing ones
     */
    public static ProgressiveMetrics fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException("Metrics are of version %d, but this build reads versions 1 to %d only."
                    .formatted(version, VERSION));
        }
        long examples = version == 1 ? 0 : in.getLong();
        long skipped = version == 1 ? 0 : in.getLong();
        int tasks = in.getInt();
        ProgressiveMetrics metrics = new ProgressiveMetrics(in.getInt());
        for (int task = 0; task < tasks; task++) {
            Kind kind = version == 1 || in.get() == 0 ? Kind.PROBABILITY : Kind.VALUE;
            metrics.streams.add(TaskStream.read(kind, in));
            metrics.windows.add(Window.read(in, kind, metrics.windowLength, version));
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("Metrics have %d bytes too many.".formatted(in.remaining()));
        }
        metrics.examples = version == 1 ? metrics.whole(0).examples() : examples;
        metrics.skipped = skipped;
        return metrics;
    }
}
