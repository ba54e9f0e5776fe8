package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How versions leave the trainer.
 *
 * @param every time between two versions, which is the time between two checkpoints
 * @param precision of the published rows
 * @param rowPartitions partitions of the rows topic when Freshet creates it
 */
public record PublishConfig(Duration every, RowPrecision precision, int rowPartitions) implements Serializable {
    /** How the weights of a row are published. */
    public enum RowPrecision {
        FP16,
        FP32
    }
}
