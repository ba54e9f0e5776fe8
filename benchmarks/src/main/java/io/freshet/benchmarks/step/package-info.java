/**
 * How fast a training step is, against the matrix products that it cannot do without and against the same model in
 * PyTorch. Start at {@link io.freshet.benchmarks.step.StepBenchmark}.
 */
package io.freshet.benchmarks.step;
