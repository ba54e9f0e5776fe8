package io.freshet.benchmarks.rows;

import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * The one table of these benchmarks: floats without a bias, Adagrad. Its rows have ranks from 1 on, see {@link
 * ZipfIds#ofRank}, and as long as nobody has learnt anything, their initial values.
 */
final class BenchTable {
    private final int width;
    private final List<TableSpec> specs;

    BenchTable(int width) {
        this.width = width;
        specs = TableSpec.of(PipelineFile.parse("""
                name: rows
                tables: {rows: {dimension: %d, optimizer: {type: adagrad, learning-rate: 0.1}}}
                tasks: [{name: click, window: 1h}]
                ranker: {type: token-mixer-large, wide: false}
                features: [{name: row, slot: id, table: rows, group: row}]
                """.formatted(width), Map.of()));
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
