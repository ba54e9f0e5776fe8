/** Counters that survive restarts, and the names of metrics. Start at {@code CheckpointedCounters}. */
package io.freshet.flink.metric;
