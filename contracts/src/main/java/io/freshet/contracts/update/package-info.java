/**
 * How versions of a model travel from trainer to servers, on three compacted topics. Start at {@code updates.proto}, then
 * {@link io.freshet.contracts.update.RowKey}; {@link io.freshet.contracts.pipeline.PipelineTopics} names the topics.
 *
 * <p>The rows topic, N partitions; integers big-endian:
 *
 * <pre>
 *   row     key    u8 1 | u8 length of the table's name | name in UTF-8 | i64 id
 *           value  RowRecord.row: version, shard, precision, weights
 *           or no value, and in the header "freshet-row" a RowRecord.row that is a tombstone: the row is gone
 *   marker  key    u8 2 | i32 shard
 *           value  RowRecord.marker: version, the shard's version before, count and checksum of its rows
 * </pre>
 *
 * <p>A row's weights are f16[width] or f32[width], little-endian, as its precision says; with a wide ranker the last one is
 * the bias. {@link io.freshet.contracts.update.KeyGroups} and {@link io.freshet.contracts.update.RowPartitions} say where a
 * row goes, {@link io.freshet.contracts.update.RowChecksum} what a marker's checksum covers.
 *
 * <p>The dense topic, one partition: key i32 index of the chunk, value DenseChunk. The versions topic, one partition: value
 * VersionRecord. Whatever a reader does not know - a key's first byte, a kind of record - it refuses, for a newer Freshet
 * wrote it.
 */
package io.freshet.contracts.update;
