/**
 * The trainer's rows: a hot table off-heap in front of the durable tier, updated in place by gradients.
 *
 * <p>Start at {@link io.freshet.store.table.RowTables}, what a shard owns; then {@code CachedTable}, one table of it in
 * both tiers. Its memory is {@link io.freshet.store.hot}, how rows learn is {@link io.freshet.store.optimizer}, where they
 * stay is {@link io.freshet.store.durable}; {@code StagedRows} come from there, {@code RowWriter} writes them.
 *
 * <p>A row is stored as one value, little-endian, floats IEEE 754, w = floats of weights, s = floats of optimizer state:
 *
 * <pre>
 *   u8      version = 2
 *   u8      optimizer: 1 SGD, 2 Adagrad, 3 rowwise Adagrad, 4 Adam, 5 FTRL
 *   u16     flags: 1 when the last weight is a bias, of a wide ranker
 *   u16     w
 *   u16     s
 *   u64     event time of the last update, milliseconds since the epoch
 *   u32     touches: gradients applied so far; stays at 2^32 - 1
 *   f32[w]  weights
 *   f32[s]  optimizer state, as the optimizer's class in {@link io.freshet.store.optimizer} describes it
 * </pre>
 *
 * <p>The first 8 bytes are the same for all rows of a table. A row whose are others is one of a table that has changed: it
 * is refused, or fitted to the table where its pipeline file allows it ({@code RowMigration}). Rows of version 1, all
 * Adagrad's, are still read:
 *
 * <pre>
 *   u8 version = 1 | u64 last update | u32 touches | f32[w] weights | f32[w] sums of squared gradients
 * </pre>
 *
 * <p>Other versions and lengths are refused.
 *
 * <p>Threads: everything of a shard belongs to one thread, see {@link io.freshet.store.table.RowTables}. Nothing here
 * knows Flink or DJL.
 */
package io.freshet.store.table;
