package io.freshet.model.batch;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.ranker.FeatureLayout;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What one batch needs of one table, as the input of one bag lookup for all features that read the table.
 *
 * <p>U = different ids of the batch, F = features of the table, B = examples, I = ids with repetitions.
 *
 * <pre>
 *   ids      [U]         which rows
 *   rows     [U, width]  filled in by whoever owns the rows, before the batch is trained or scored
 *   gradients[U, width]  there after a training step
 *   indices  [I]         place of an id among the different ones; bag after bag
 *   offsets  [F * B + 1] bag f * B + b holds indices[offsets[f * B + b] .. offsets[f * B + b + 1])
 *   weights  [I]         1 for a sum, 1 / length of the bag for a mean
 * </pre>
 *
 * <p>Valid until the next batch is assembled. Not thread-safe.
 */
public final class TableBatch {
    private final FeatureLayout.Table table;
    private final IdIndex index = new IdIndex();
    private final DirectArray rows = new DirectArray();
    private final DirectArray indices = new DirectArray();
    private final DirectArray offsets = new DirectArray();
    private final DirectArray weights = new DirectArray();
    private float[] gradients = new float[0];

    TableBatch(FeatureLayout.Table table) {
        this.table = table;
    }

    /** The table this is about. */
    public FeatureLayout.Table table() {
        return table;
    }

    /** U, how many different rows the batch needs. */
    public int count() {
        return index.count();
    }

    /** Ids of the rows; only the first {@link #count()} count. */
    public long[] ids() {
        return index.ids();
    }

    /** The rows [U, width], row after row, from position 0 to the limit; a fresh view at each call. */
    public FloatBuffer rows() {
        return rows.floats().limit(count() * table.width());
    }

    /** Gradients [U, width] of the last step; the array may be longer than that. */
    public float[] gradients() {
        return gradients;
    }

    /** How many rows the engine sees: at least one, since it takes no empty table. */
    public int rowsForEngine() {
        return Math.max(1, count());
    }

    /** Memory of the rows, [rowsForEngine, width]. */
    public DirectArray rowMemory() {
        return rows;
    }

    /** Memory of the indices, int [I]. */
    public DirectArray indexMemory() {
        return indices;
    }

    /** Memory of the offsets, int [F * B + 1]. */
    public DirectArray offsetMemory() {
        return offsets;
    }

    /** Memory of the weights, float [I]. */
    public DirectArray weightMemory() {
        return weights;
    }

    /** Takes the gradients [rowsForEngine, width] of a step, times {@code factor}. */
    public void setGradients(FloatBuffer computed, float factor) {
        int length = rowsForEngine() * table.width();
        computed.get(gradients, 0, length);
        for (int i = 0; i < length; i++) {
            gradients[i] *= factor;
        }
    }

    /** No row gets a gradient of this batch. */
    public void clearGradients() {
        Arrays.fill(gradients, 0, rowsForEngine() * table.width(), 0);
    }

    void fill(List<EncodedFeatures> examples) {
        int total = 0;
        for (EncodedFeatures example : examples) {
            for (FeatureLayout.Slot slot : table.slots()) {
                total += example.offsets()[slot.index() + 1] - example.offsets()[slot.index()];
            }
        }
        index.reset(total);
        indices.reset(total);
        weights.reset(total);
        offsets.reset(table.slots().size() * examples.size() + 1);
        fillBags(examples);
        rows.reset(rowsForEngine() * table.width());
        if (count() == 0) {
            rows.floats().put(new float[table.width()]);
        }
        if (gradients.length < rowsForEngine() * table.width()) {
            gradients = new float[2 * rowsForEngine() * table.width()];
        }
    }

    private void fillBags(List<EncodedFeatures> examples) {
        IntBuffer indexOut = indices.ints();
        IntBuffer offsetOut = offsets.ints();
        FloatBuffer weightOut = weights.floats();
        offsetOut.put(0);
        for (FeatureLayout.Slot slot : table.slots()) {
            for (EncodedFeatures example : examples) {
                int from = example.offsets()[slot.index()];
                int to = example.offsets()[slot.index() + 1];
                float weight = slot.mean() ? 1f / (to - from) : 1f;
                for (int i = from; i < to; i++) {
                    indexOut.put(index.placeOf(example.ids()[i]));
                    weightOut.put(weight);
                }
                offsetOut.put(indexOut.position());
            }
        }
    }
}
