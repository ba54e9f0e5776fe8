package io.freshet.quickstart.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/** Passes every counter and numeric gauge of a metric group {@code freshet} on to {@link JobMetrics}. */
final class JobMetricsReporter implements MetricReporter {
    private static final String GROUP = "freshet";

    private final JobMetrics target;
    private final Map<Metric, Supplier<? extends Number>> readers = new ConcurrentHashMap<>();

    JobMetricsReporter(JobMetrics target) {
        this.target = target;
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String metricName, MetricGroup group) {
        String name = nameWithinFreshet(metricName, group);
        if (name != null && (metric instanceof Counter || metric instanceof Gauge)) {
            Supplier<? extends Number> reader = reader(metric);
            readers.put(metric, reader);
            target.add(name, String.join(".", group.getScopeComponents()), reader);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String metricName, MetricGroup group) {
        Supplier<? extends Number> reader = readers.remove(metric);
        if (reader != null) {
            target.remove(nameWithinFreshet(metricName, group), String.join(".", group.getScopeComponents()), reader);
        }
    }

    /** Such as {@code dropped.action_late}, or null for a metric that is not Freshet's. */
    private static String nameWithinFreshet(String metricName, MetricGroup group) {
        String[] scope = group.getScopeComponents();
        int at = Arrays.asList(scope).lastIndexOf(GROUP);
        if (at < 0) {
            return null;
        }
        StringBuilder name = new StringBuilder();
        for (int i = at + 1; i < scope.length; i++) {
            name.append(scope[i]).append('.');
        }
        return name.append(metricName).toString();
    }

    private static Supplier<? extends Number> reader(Metric metric) {
        if (metric instanceof Counter counter) {
            return counter::getCount;
        }
        Gauge<?> gauge = (Gauge<?>) metric;
        return () -> gauge.getValue() instanceof Number number ? number : Double.NaN;
    }
}
