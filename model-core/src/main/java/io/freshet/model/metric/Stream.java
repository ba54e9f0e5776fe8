package io.freshet.model.metric;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * Predictions of a probability: sums, and a histogram of logits for the AUC.
 *
 * <p>65,536 classes of logits from -20 to 20, 0.0006 wide; predictions in one class count as tied.
 */
final class Stream implements TaskStream {
    private static final int CLASSES = 1 << 16;
    private static final double REACH = 20;

    private final Metrics.Sums sums = new Metrics.Sums();
    private final double[] positives = new double[CLASSES];
    private final double[] negatives = new double[CLASSES];

    @Override
    public Kind kind() {
        return Kind.PROBABILITY;
    }

    @Override
    public void add(float logit, float label, float weight) {
        boolean positive = label > 0.5f;
        sums.add(logit, positive, weight);
        (positive ? positives : negatives)[classOf(logit)] += weight;
    }

    private static int classOf(float logit) {
        double place = (logit + REACH) / (2 * REACH) * CLASSES;
        return (int) Math.max(0, Math.min(CLASSES - 1, place));
    }

    @Override
    public void merge(TaskStream stream) {
        Stream other = (Stream) stream;
        sums.add(other.sums);
        for (int i = 0; i < CLASSES; i++) {
            positives[i] += other.positives[i];
            negatives[i] += other.negatives[i];
        }
    }

    @Override
    public Metrics metrics() {
        return Metrics.of(sums, Auc.ofClasses(positives, negatives));
    }

    private int[] used() {
        return IntStream.range(0, CLASSES)
                .filter(i -> positives[i] != 0 || negatives[i] != 0)
                .toArray();
    }

    @Override
    public int bytes() {
        return Long.BYTES + 4 * Double.BYTES + Integer.BYTES + used().length * (Short.BYTES + 2 * Double.BYTES);
    }

    @Override
    public void write(ByteBuffer out) {
        out.putLong(sums.examples).putDouble(sums.weight).putDouble(sums.positives);
        out.putDouble(sums.loss).putDouble(sums.predicted);
        int[] used = used();
        out.putInt(used.length);
        for (int i : used) {
            out.putShort((short) i).putDouble(positives[i]).putDouble(negatives[i]);
        }
    }

    static Stream read(ByteBuffer in) {
        Stream stream = new Stream();
        stream.sums.examples = in.getLong();
        stream.sums.weight = in.getDouble();
        stream.sums.positives = in.getDouble();
        stream.sums.loss = in.getDouble();
        stream.sums.predicted = in.getDouble();
        int used = in.getInt();
        for (int i = 0; i < used; i++) {
            int place = Short.toUnsignedInt(in.getShort());
            stream.positives[place] = in.getDouble();
            stream.negatives[place] = in.getDouble();
        }
        return stream;
    }
}
