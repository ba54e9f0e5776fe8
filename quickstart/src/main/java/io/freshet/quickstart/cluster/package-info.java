/**
 * Flink inside this process. Start at {@code LocalCluster}; {@code JobMetrics} is how the rest of the process reads what
 * the job counts.
 */
package io.freshet.quickstart.cluster;
