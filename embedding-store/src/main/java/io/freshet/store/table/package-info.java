/**
 * The trainer's rows: a hot table off-heap in front of the durable tier, updated in place by gradients.
 *
 * <p>Start at {@link io.freshet.store.table.RowTables}, what a shard owns; then {@code CachedTable}, one table of it in
 * both tiers. Its memory is {@link io.freshet.store.hot}, how rows learn is {@link io.freshet.store.optimizer}, where they
 * stay is {@link io.freshet.store.durable}; {@code StagedRows} come from there, {@code RowWriter} writes them.
 *
 * <p>A row is stored as one value, little-endian, floats IEEE 754, w = width of the table's rows, s = floats of
 * optimizer state ({@link io.freshet.store.table.RowLayout}):
 *
 * <pre>
 *   u8      version = 1
 *   u64     event time of the last update, milliseconds since the epoch
 *   u32     touches: gradients applied so far; stays at 2^32 - 1
 *   f32[w]  weights; with a wide ranker the last one is the bias
 *   f32[s]  optimizer state; for Adagrad s = w sums of squared gradients
 * </pre>
 *
 * <p>An unknown version and a value of another length than 13 + 4 (w + s) bytes are refused.
 *
 * <p>Beside the rows, a key group has a value {@code uncommitted-changes} while rows of it have left with versions that
 * may not have arrived, little-endian:
 *
 * <pre>
 *   u8      version = 1
 *   then per table with such rows
 *   u8      length of the table's name
 *   u8[]    name, UTF-8
 *   i32     count
 *   i64[]   ids, ascending as unsigned numbers
 * </pre>
 *
 * <p>Threads: everything of a shard belongs to one thread, see {@link io.freshet.store.table.RowTables}. Nothing here
 * knows Flink or DJL.
 */
package io.freshet.store.table;
