package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How many rows of a table may be forgotten. The counts are of the whole table; each subtask keeps to a share of them in
 * proportion to its key groups.
 *
 * @param minRows while the table has no more rows than this, none expires
 * @param maxRows when the table has more rows than this, those go that were updated longest ago; 0 for no limit
 * @param dryRun only report what would go
 */
public record ExpiryConfig(long minRows, long maxRows, boolean dryRun) implements Serializable {
    /** What holds when the file does not say. */
    public static final ExpiryConfig DEFAULTS = new ExpiryConfig(0, 0, false);

    public ExpiryConfig {
        new Problems()
                .require(minRows >= 0, "min-rows", "0 or above", minRows)
                .require(
                        maxRows == 0 || maxRows >= Math.max(1, minRows),
                        "max-rows",
                        "0 for no limit, or at least 1 and min-rows",
                        maxRows)
                .throwIfAny();
    }
}
