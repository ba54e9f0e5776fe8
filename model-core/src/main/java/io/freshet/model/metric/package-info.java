/** How good predictions were. Start at {@link io.freshet.model.metric.ProgressiveMetrics}. Plain Java. */
package io.freshet.model.metric;
