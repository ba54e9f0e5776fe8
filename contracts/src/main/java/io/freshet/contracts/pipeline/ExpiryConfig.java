package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How many rows of a table may be forgotten. The counts are of the whole table, and shared out evenly over the key groups
 * of the job, of which there are 128 by default.
 *
 * @param minRows while the table has no more rows than this, none expires
 * @param maxRows when the table has more rows than this, those go that were updated longest ago; 0 for no limit
 * @param dryRun only report what would go
 */
public record ExpiryConfig(long minRows, long maxRows, boolean dryRun) implements Serializable {
    /** What holds when the file does not say. */
    public static final ExpiryConfig DEFAULTS = new ExpiryConfig(0, 0, false);

    /** Below this the share of a key group would be too few rows to mean anything. */
    private static final long MAX_ROWS_MIN = 1_000;

    public ExpiryConfig {
        new Problems()
                .require(minRows >= 0, "min-rows", "0 or above", minRows)
                .require(
                        maxRows == 0 || maxRows >= MAX_ROWS_MIN && maxRows >= minRows,
                        "max-rows",
                        "0 for no limit, or at least " + MAX_ROWS_MIN + " and min-rows",
                        maxRows)
                .throwIfAny();
    }
}
