/**
 * {@code freshet bench soak}: whether memory stays flat over many training steps. Start at
 * {@link io.freshet.benchmarks.soak.SoakBenchmark}.
 */
package io.freshet.benchmarks.soak;
