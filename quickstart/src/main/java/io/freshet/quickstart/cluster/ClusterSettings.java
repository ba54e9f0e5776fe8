package io.freshet.quickstart.cluster;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * How a cluster in this process is laid out.
 *
 * @param directory where checkpoints and RocksDB go
 * @param parallelism slots, and subtasks of every operator that does not say otherwise
 * @param dashboardPort the dashboard's port when it is free, else one of the next hundred; 0 for any free port
 * @param prometheusPort where all of Flink's metrics can be scraped, if anywhere
 */
public record ClusterSettings(Path directory, int parallelism, int dashboardPort, OptionalInt prometheusPort) {}
