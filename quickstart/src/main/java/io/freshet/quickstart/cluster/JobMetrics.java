package io.freshet.quickstart.cluster;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What Freshet's operators count and gauge in one cluster, read straight from their metric objects.
 *
 * <p>Of a metric that Flink has removed, the last value stays: a report can be written after the job has finished. A
 * metric that comes again, after a restart, takes the place of its forerunner. Safe from any thread.
 */
public final class JobMetrics implements AutoCloseable {
    private static final Map<String, JobMetrics> BY_CLUSTER = new ConcurrentHashMap<>();

    private final String cluster = UUID.randomUUID().toString();
    /** By name, then by the subtask's identifier. */
    private final Map<String, Map<String, Supplier<? extends Number>>> metrics = new ConcurrentHashMap<>();

    JobMetrics() {
        BY_CLUSTER.put(cluster, this);
    }

    static JobMetrics of(String cluster) {
        JobMetrics metrics = BY_CLUSTER.get(cluster);
        if (metrics == null) {
            throw new IllegalStateException("No cluster '" + cluster + "' of this process gathers metrics");
        }
        return metrics;
    }

    /** Names this cluster to {@link JobMetricsReporterFactory}. */
    String cluster() {
        return cluster;
    }

    void add(String name, String subtask, Supplier<? extends Number> live) {
        metrics.computeIfAbsent(name, any -> new ConcurrentHashMap<>()).put(subtask, live);
    }

    /** Keeps the last value, unless a successor has already taken the place. */
    void remove(String name, String subtask, Supplier<? extends Number> live) {
        Number last = live.get();
        metrics.getOrDefault(name, Map.of()).computeIfPresent(subtask, (key, now) -> now == live ? () -> last : now);
    }

    /** Sum over all subtasks of a counter; 0 while nobody has registered it. */
    public long count(String name) {
        return metrics.getOrDefault(name, Map.of()).values().stream()
                .mapToLong(value -> value.get().longValue())
                .sum();
    }

    /** A gauge that one subtask keeps, NaN while nobody has registered it; of several subtasks the largest. */
    public double gauge(String name) {
        return metrics.getOrDefault(name, Map.of()).values().stream()
                .mapToDouble(value -> value.get().doubleValue())
                .max()
                .orElse(Double.NaN);
    }

    /** All counters whose name starts with the prefix, by the rest of their name, without those at 0. */
    public SortedMap<String, Long> counts(String prefix) {
        SortedMap<String, Long> counts = new TreeMap<>();
        for (String name : metrics.keySet()) {
            if (name.startsWith(prefix) && count(name) != 0) {
                counts.put(name.substring(prefix.length()), count(name));
            }
        }
        return counts;
    }

    @Override
    public void close() {
        BY_CLUSTER.remove(cluster);
    }
}
