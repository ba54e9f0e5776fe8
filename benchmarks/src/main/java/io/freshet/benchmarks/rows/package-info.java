/**
 * How fast rows are read and updated, beside others that hold the same rows: one core, one table, ids as skewed as
 * traffic is.
 *
 * <p>Start at {@link io.freshet.benchmarks.rows.RowsCommand}, then {@code SideBySide}; each {@code RowHolder} is one who
 * holds rows.
 */
package io.freshet.benchmarks.rows;
