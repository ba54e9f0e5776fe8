package io.freshet.model.metric;

import io.freshet.model.metric.TaskStream.Kind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The last predictions of one task, each kept, so that their metrics are exact. */
final class Window {
    private final Kind kind;
    private final float[] outputs;
    private final float[] weights;
    private final float[] labels;
    private int next;
    private int size;

    Window(Kind kind, int length) {
        this.kind = kind;
        outputs = new float[length];
        weights = new float[length];
        labels = new float[length];
    }

    void add(float output, float label, float weight) {
        outputs[next] = output;
        weights[next] = weight;
        labels[next] = label;
        next = (next + 1) % outputs.length;
        size = Math.min(size + 1, outputs.length);
    }

    /** Adds another window's predictions as the newer ones. */
    void merge(Window other) {
        for (int i = 0; i < other.size; i++) {
            int place = other.place(i);
            add(other.outputs[place], other.labels[place], other.weights[place]);
        }
    }

    /** Where the i-th oldest is. */
    private int place(int i) {
        return Math.floorMod(next - size + i, outputs.length);
    }

    /** From the oldest on, so that the sums have the same bits wherever in the ring the window begins. */
    Metrics metrics() {
        if (kind == Kind.VALUE) {
            TaskStream values = new ValueStream();
            for (int i = 0; i < size; i++) {
                values.add(outputs[place(i)], labels[place(i)], weights[place(i)]);
            }
            return values.metrics();
        }
        Metrics.Sums sums = new Metrics.Sums();
        byte[] positive = new byte[size];
        for (int i = 0; i < size; i++) {
            int place = place(i);
            sums.add(outputs[place], labels[place] > 0.5f, weights[place]);
            positive[place] = (byte) (labels[place] > 0.5f ? 1 : 0); // Full, or filled from 0 on: place is below size.
        }
        double auc = Auc.exact(Arrays.copyOf(outputs, size), positive, Arrays.copyOf(weights, size));
        return Metrics.of(sums, auc);
    }

    int bytes() {
        return Integer.BYTES + size * 3 * Float.BYTES;
    }

    void write(ByteBuffer out) {
        out.putInt(size);
        for (int i = 0; i < size; i++) {
            int place = place(i);
            out.putFloat(outputs[place]).putFloat(weights[place]).putFloat(labels[place]);
        }
    }

    /** @param version of the bytes; in version 1 a label is one byte */
    static Window read(ByteBuffer in, Kind kind, int length, int version) {
        Window window = new Window(kind, length);
        int size = in.getInt();
        for (int i = 0; i < size; i++) {
            float output = in.getFloat();
            float weight = in.getFloat();
            window.add(output, version == 1 ? in.get() : in.getFloat(), weight);
        }
        return window;
    }
}
