/**
 * One pass over a stream in one thread, without broker and cluster: every example is scored, then learnt, its label known
 * at once. Start at {@link io.freshet.benchmarks.run.ProgressiveRun}.
 */
package io.freshet.benchmarks.run;
