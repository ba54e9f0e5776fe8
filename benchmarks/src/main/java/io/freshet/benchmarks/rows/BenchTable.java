package io.freshet.benchmarks.rows;

import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The one table of these benchmarks: floats without a bias. Its rows have ranks from 1 on, see {@link
 * ZipfIds#ofRank}, and as long as nobody has learnt anything, their initial values.
 */
final class BenchTable {
    private final int width;
    private final List<TableSpec> specs;

    /** With Adagrad's state beside the weights. */
    BenchTable(int width) {
        this(width, "adagrad");
    }

    /** With the state of an optimizer by its name in the pipeline file. */
    BenchTable(int width, String optimizer) {
        this.width = width;
        specs = TableSpec.of(PipelineFile.parse("""
                name: rows
                tables: {rows: {dimension: %d, optimizer: {type: %s, learning-rate: 0.1}}}
                tasks: [{name: click, window: 1h}]
                ranker: {type: token-mixer-large, wide: false}
                features: [{name: row, slot: id, table: rows, group: row}]
                """.formatted(width, optimizer), Map.of()));
    }

    int width() {
        return width;
    }

    int weightBytes() {
        return width * Float.BYTES;
    }

    List<TableSpec> specs() {
        return specs;
    }

    /** Gradients of a batch. */
    float[] gradients(int batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] gradients = new float[batch * width];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) (random.nextDouble() - 0.5);
        }
        return gradients;
    }

    /** What the peers keep of a row: its initial weights alone, little-endian, so that they carry less than we do. */
    Weights weights() {
        return new Weights();
    }

    /** Makes the bytes of rows, one at a time. */
    final class Weights {
        private final RowInitializer initializer = new RowInitializer(specs.get(0));
        private final byte[] bytes = new byte[weightBytes()];
        private final FloatBuffer floats =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();

        /** The weights of a row; the next call overwrites them. */
        byte[] of(long id) {
            initializer.fill(id, floats, 0);
            return bytes;
        }
    }
}
