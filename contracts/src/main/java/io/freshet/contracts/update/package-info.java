/**
 * How versions of a model travel from trainer to servers. Start at {@code updates.proto}, whose records go to three
 * compacted topics; {@code RowKey} says how rows are keyed, {@code RowChecksum} what a marker's checksum covers,
 * {@code KeyGroups} and {@code RowPartitions} where a row goes.
 */
package io.freshet.contracts.update;
