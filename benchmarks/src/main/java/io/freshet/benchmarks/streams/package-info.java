/**
 * The four rankers on recorded streams. Start at {@link io.freshet.benchmarks.streams.StreamsCommand}.
 */
package io.freshet.benchmarks.streams;
