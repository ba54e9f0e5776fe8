/**
 * Events set aside: why ({@code Reason}), as what ({@code DeadLetterRecord}), and the sink that writes them to the topic
 * {@code <name>.dead-letters} exactly once.
 */
package io.freshet.flink.deadletter;
