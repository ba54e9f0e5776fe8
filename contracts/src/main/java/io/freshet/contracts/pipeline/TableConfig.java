package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * A table of embedding rows.
 *
 * @param dimension floats of the embedding; a wide ranker adds one more float, the bias, as the last of the row
 * @param initialRange a new row's embedding is uniform in [-initialRange, initialRange], its bias 0
 * @param expireAfter rows untouched for so long may be forgotten; zero for never
 * @param admitAfter touches before a row is trained
 */
public record TableConfig(
        String name,
        int dimension,
        RowOptimizerConfig optimizer,
        double initialRange,
        Duration expireAfter,
        int admitAfter)
        implements Serializable {
    /** Half-width of new rows' values when the file does not say. */
    public static final double DEFAULT_INITIAL_RANGE = 0.01;

    /** Rows are kept for ever when the file does not say. */
    public static final Duration NEVER = Duration.ZERO;

    /** Rows are trained from their first touch when the file does not say. */
    public static final int DEFAULT_ADMIT_AFTER = 1;

    private static final int DIMENSION_MAX = 4096;

    public TableConfig {
        new Problems()
                .require(Names.isName(name), "", "named by " + Names.RULE, name)
                .requireWithin(1, DIMENSION_MAX, "dimension", dimension)
                .requireNotNegative("initial-range", initialRange)
                .requireAtLeast(Duration.ZERO, "expire-after", expireAfter)
                .require(
                        admitAfter == 1,
                        "admit-after",
                        "1: admitting a row only after several touches is not supported yet",
                        admitAfter)
                .throwIfAny();
    }
}
