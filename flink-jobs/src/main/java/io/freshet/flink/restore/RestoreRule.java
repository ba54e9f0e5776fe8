package io.freshet.flink.restore;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RestoreConfig.ModelChanged;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.state.proto.ModelStamp;
import io.freshet.contracts.state.proto.TableStamp;
import io.freshet.model.step.DenseState;
import io.freshet.store.optimizer.RowShape;
import io.freshet.store.table.RowKind;
import io.freshet.store.table.TableSpec;
import java.util.Optional;

/** Whether a job may go on from state of another pipeline file, and whether it goes on in the same lineage. */
public final class RestoreRule {
    private RestoreRule() {}

    /**
     * Refuses what trainer or rows would refuse sooner or later.
     *
     * @param before stamp of the state
     * @param now stamp of {@code pipeline}
     * @throws IllegalStateException for rows that may not be changed, or dense weights of another model
     * @throws IllegalArgumentException for dense weights of another optimizer
     */
    public static void check(ModelStamp before, ModelStamp now, Pipeline pipeline) {
        for (TableSpec table : TableSpec.of(pipeline)) {
            kind(before, table)
                    .ifPresent(
                            rows -> rows.requireAllowed(table, "Table '%s': stored rows have".formatted(table.name())));
        }
        if (!isSameModel(before, now)) {
            requireStartOver(before, now, pipeline);
        } else {
            DenseState.requireOptimizer(
                    before.getDenseOptimizer(), pipeline.training().optimizer());
        }
    }

    /** Whether dense weights of the one stamp are weights of the other. */
    public static boolean isSameModel(ModelStamp before, ModelStamp now) {
        return before.getFingerprint().equals(now.getFingerprint());
    }

    /** Whether versions of the one stamp may continue versions of the other. */
    public static boolean isSameLineage(ModelStamp before, ModelStamp now) {
        return isSameModel(before, now)
                && before.getLineageLabel().equals(now.getLineageLabel())
                && before.getPipeline().equals(now.getPipeline());
    }

    private static void requireStartOver(ModelStamp before, ModelStamp now, Pipeline pipeline) {
        if (pipeline.restore().modelChanged() != ModelChanged.START_OVER) {
            throw new IllegalStateException(
                    ("The state is of model %s, but the pipeline file makes model %s: the ranker, a feature, a task, a "
                                    + "table's dimension or initial values, ranker.wide or training.seed have changed. Set them "
                                    + "back; or set restore.model-changed to start-over, which keeps the rows, begins with "
                                    + "fresh dense weights, and publishes every row in a new lineage for servers of the new "
                                    + "file; or start without state.")
                            .formatted(before.getFingerprint(), now.getFingerprint()));
        }
    }

    private static Optional<RowKind> kind(ModelStamp stamp, TableSpec table) {
        return stamp.getTablesList().stream()
                .filter(each -> each.getName().equals(table.name()))
                .findFirst()
                .map(RestoreRule::kind);
    }

    private static RowKind kind(TableStamp rows) {
        return new RowKind(
                new RowShape(rows.getDimension(), rows.getWide()),
                RowOptimizerConfig.Type.valueOf(rows.getOptimizer()));
    }
}
