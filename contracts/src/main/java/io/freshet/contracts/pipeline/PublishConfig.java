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
    /** What holds when the file does not say. */
    public static final PublishConfig DEFAULTS = new PublishConfig(Duration.ofSeconds(5), RowPrecision.FP16, 4);

    /** A partition holds whole key groups, and Flink makes at least so many of those. */
    private static final int ROW_PARTITIONS_MAX = 128;

    public PublishConfig {
        new Problems()
                .requireAtLeast(Duration.ofMillis(100), "every", every)
                .requireWithin(1, ROW_PARTITIONS_MAX, "row-partitions", rowPartitions)
                .throwIfAny();
    }

    /** How the weights of a row are published. */
    public enum RowPrecision {
        /** IEEE 754 binary16. */
        FP16,
        /** IEEE 754 binary32, as trained. */
        FP32,
        /** A byte per weight of the embedding, between the row's smallest and largest; the bias as trained. */
        INT8
    }
}
