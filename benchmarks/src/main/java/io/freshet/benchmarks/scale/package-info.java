/** How large a ranker this machine can train. Start at {@link io.freshet.benchmarks.scale.ScaleCommand}. */
package io.freshet.benchmarks.scale;
