package io.freshet.store.table;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.KeyGroups;
import io.freshet.store.optimizer.RowOptimizer;
import io.freshet.store.optimizer.RowShape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * All that fixes a table's rows: their sizes, how they start and how they learn.
 *
 * @param config the table as the pipeline file describes it
 * @param index place of the table in the pipeline file, from 0; names the table wherever a number is handier
 * @param wide whether one more float, the bias, follows the embedding
 * @param seed of the initial values
 */
public record TableSpec(TableConfig config, int index, boolean wide, long seed) implements Serializable {

    /** The tables of a pipeline, in the order of the file, so that the i-th one has index i. */
    public static List<TableSpec> of(Pipeline pipeline) {
        List<TableSpec> specs = new ArrayList<>();
        for (TableConfig table : pipeline.tables().values()) {
            specs.add(new TableSpec(
                    table,
                    specs.size(),
                    pipeline.ranker().wide(),
                    pipeline.training().seed()));
        }
        return List.copyOf(specs);
    }

    /** The table's name. */
    public String name() {
        return config.name();
    }

    /** Floats of the embedding. */
    public int dimension() {
        return config.dimension();
    }

    /** How rows learn. */
    public RowOptimizerConfig optimizer() {
        return config.optimizer();
    }

    /** Floats of a row's weights. */
    public int width() {
        return shape().width();
    }

    /** What the weights of a row are. */
    public RowShape shape() {
        return new RowShape(dimension(), wide);
    }

    /** Sizes of a row. */
    public RowLayout layout() {
        return new RowLayout(width(), RowOptimizer.of(optimizer(), shape()).stateFloats());
    }

    /** The key group that owns a row: everyone who routes rows agrees on it. */
    public int keyGroup(long id, int maxParallelism) {
        return KeyGroups.of(name(), id, maxParallelism);
    }
}
