package io.freshet.flink.restore;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.state.proto.ModelStamp;
import io.freshet.contracts.state.proto.TableStamp;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.store.table.RowKind;
import io.freshet.store.table.TableSpec;

/** Makes the stamp of a pipeline: what of its file stored state depends on. */
public final class ModelStamps {
    /** The operator state that holds the bytes of the one stamp, in each subtask of trainer and rows alike. */
    public static final String STATE = "model-stamp";

    private ModelStamps() {}

    /** The stamp of checkpoints that a job of this pipeline takes. */
    public static ModelStamp of(Pipeline pipeline) {
        ModelStamp.Builder stamp = ModelStamp.newBuilder()
                .setPipeline(pipeline.name())
                .setFingerprint(ModelPlan.of(pipeline).fingerprint())
                .setLineageLabel(pipeline.restore().lineage())
                .setDenseOptimizer(DenseState.optimizerName(pipeline.training().optimizer()));
        for (TableSpec table : TableSpec.of(pipeline)) {
            RowKind rows = RowKind.of(table);
            stamp.addTables(TableStamp.newBuilder()
                    .setName(table.name())
                    .setDimension(rows.weights().dimension())
                    .setWide(rows.weights().wide())
                    .setOptimizer(rows.optimizer().name()));
        }
        return stamp.build();
    }
}
