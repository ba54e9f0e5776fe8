package io.freshet.model.batch;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.ranker.FeatureLayout;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Turns encoded examples into a {@link RankerBatch}: each different id once, and bags that point to them.
 *
 * <p>Memory is reused: a batch is valid until the next {@link #assemble}. One assembler per thread.
 */
public final class BatchAssembler {
    private final FeatureLayout layout;
    private final DirectArray numbers = new DirectArray();
    private final RankerBatch batch;

    /** An assembler for one ranker. */
    public BatchAssembler(ModelPlan plan) {
        layout = plan.features();
        batch = new RankerBatch(layout.tables().stream().map(TableBatch::new).toList(), numbers);
    }

    /**
     * Assembles a batch; its rows are still to be filled in.
     *
     * @throws IllegalArgumentException if there is no example, or one does not fit the pipeline's features
     */
    public RankerBatch assemble(List<EncodedFeatures> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("A batch needs at least one example.");
        }
        examples.forEach(this::check);
        batch.setSize(examples.size());
        for (TableBatch table : batch.tables()) {
            table.fill(examples);
        }
        numbers.reset(examples.size() * layout.numbers().size());
        FloatBuffer out = numbers.floats();
        for (EncodedFeatures example : examples) {
            out.put(example.numbers());
        }
        return batch;
    }

    private void check(EncodedFeatures example) {
        int slots = layout.slots().size();
        if (example.offsets().length != slots + 1
                || example.numbers().length != layout.numbers().size()) {
            throw new IllegalArgumentException(
                    ("The pipeline has %d features with a table and %d numbers, but an example has %d and %d:"
                                    + " it was encoded by another pipeline file.")
                            .formatted(
                                    slots,
                                    layout.numbers().size(),
                                    example.offsets().length - 1,
                                    example.numbers().length));
        }
    }
}
