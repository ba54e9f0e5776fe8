/**
 * Embedding rows as Flink state: gradients arrive as keyed records, reads come by direct call.
 *
 * <p>Start at {@code RowsOperator}, the owner of a range of key groups. Its rows are held by
 * {@code io.freshet.store.table.RowTables}, whose durable tier is {@code KeyedStateRows}: one map state per table under
 * one key per key group ({@code KeyGroupKeys}). The trainer sends {@code GradientBlock}s made by {@code GradientRouter}
 * and reads through a {@code RowReader}, whose implementation within one JVM is {@code LocalRowReader} over the
 * {@code RowShards} registry.
 *
 * <p>Threads: a shard belongs to its task thread; whoever reads from another thread reads hot rows past it, and asks it for
 * the others through its mailbox.
 */
package io.freshet.flink.rows;
