package io.freshet.model.metric;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The last predictions of one task, each kept, so that their metrics are exact. */
final class Window {
    private final float[] logits;
    private final float[] weights;
    private final byte[] labels;
    private int next;
    private int size;

    Window(int length) {
        logits = new float[length];
        weights = new float[length];
        labels = new byte[length];
    }

    void add(float logit, boolean label, float weight) {
        logits[next] = logit;
        weights[next] = weight;
        labels[next] = (byte) (label ? 1 : 0);
        next = (next + 1) % logits.length;
        size = Math.min(size + 1, logits.length);
    }

    /** Adds another window's predictions as the newer ones. */
    void merge(Window other) {
        for (int i = 0; i < other.size; i++) {
            int place = other.place(i);
            add(other.logits[place], other.labels[place] == 1, other.weights[place]);
        }
    }

    /** Where the i-th oldest is. */
    private int place(int i) {
        return Math.floorMod(next - size + i, logits.length);
    }

    /** From the oldest on, so that the sums have the same bits wherever in the ring the window begins. */
    Metrics metrics() {
        Metrics.Sums sums = new Metrics.Sums();
        for (int i = 0; i < size; i++) {
            int place = place(i);
            sums.add(logits[place], labels[place] == 1, weights[place]);
        }
        double auc = Auc.exact(Arrays.copyOf(logits, size), Arrays.copyOf(labels, size), Arrays.copyOf(weights, size));
        return Metrics.of(sums, auc);
    }

    int bytes() {
        return Integer.BYTES + size * (2 * Float.BYTES + 1);
    }

    void write(ByteBuffer out) {
        out.putInt(size);
        for (int i = 0; i < size; i++) {
            int place = place(i);
            out.putFloat(logits[place]).putFloat(weights[place]).put(labels[place]);
        }
    }

    static Window read(ByteBuffer in, int length) {
        Window window = new Window(length);
        int size = in.getInt();
        for (int i = 0; i < size; i++) {
            float logit = in.getFloat();
            float weight = in.getFloat();
            window.add(logit, in.get() == 1, weight);
        }
        return window;
    }
}
