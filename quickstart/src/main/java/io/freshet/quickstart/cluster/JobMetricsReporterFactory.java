package io.freshet.quickstart.cluster;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Found by Flink through {@code META-INF/services}; the option {@code cluster} says whose metrics are meant. */
public final class JobMetricsReporterFactory implements MetricReporterFactory {
    static final String CLUSTER_OPTION = "cluster";

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new JobMetricsReporter(JobMetrics.of(properties.getProperty(CLUSTER_OPTION)));
    }
}
