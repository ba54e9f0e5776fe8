package io.freshet.quickstart.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobSubmissionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A Flink cluster of one task manager inside this process, with the web dashboard, sized for a laptop. */
public final class LocalCluster implements AutoCloseable {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private final MiniCluster cluster;
    private final JobMetrics metrics;
    private final ClusterSettings settings;

    private LocalCluster(MiniCluster cluster, JobMetrics metrics, ClusterSettings settings) {
        this.cluster = cluster;
        this.metrics = metrics;
        this.settings = settings;
    }

    /**
     * Starts a cluster and waits until it takes jobs.
     *
     * @throws IllegalStateException when it does not come up
     */
    public static LocalCluster start(ClusterSettings settings) {
        JobMetrics metrics = new JobMetrics();
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(clusterConfiguration(settings, metrics))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(settings.parallelism())
                .build());
        LocalCluster local = new LocalCluster(cluster, metrics, settings);
        try {
            cluster.start();
            return local;
        } catch (Exception e) {
            local.close();
            throw new IllegalStateException(
                    "The Flink mini-cluster did not start with its files in %s: %s"
                            .formatted(settings.directory(), e.getMessage()),
                    e);
        }
    }

    /** Where a browser finds the dashboard. */
    public URI dashboard() {
        return cluster.getRestAddress().join();
    }

    /** What Freshet's operators of this cluster count. */
    public JobMetrics metrics() {
        return metrics;
    }

    /** An environment for a job of this cluster: set up, not yet bound to it. */
    public StreamExecutionEnvironment environment() {
        return new StreamExecutionEnvironment(jobConfiguration(settings));
    }

    /** The same for a job that goes on from a savepoint. */
    public StreamExecutionEnvironment environment(String savepoint) {
        StreamExecutionEnvironment environment = environment();
        Configuration restored = new Configuration();
        restored.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        environment.configure(restored);
        return environment;
    }

    /**
     * Starts the job that was built in an environment of this cluster.
     *
     * @param name as the dashboard shows it
     * @throws CompletionException when the cluster refuses it
     */
    public LocalJob submit(StreamExecutionEnvironment environment, String name) {
        StreamGraph stream = environment.getStreamGraph();
        stream.setJobName(name);
        JobGraph graph = stream.getJobGraph();
        JobSubmissionResult submitted = cluster.submitJob(graph).join();
        return new LocalJob(cluster, submitted.getJobID(), settings.directory().resolve("savepoints"));
    }

    /** Stops the cluster and every job on it. */
    @Override
    public void close() {
        cluster.closeAsync()
                .orTimeout(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join();
        metrics.close();
    }

    private static Configuration clusterConfiguration(ClusterSettings settings, JobMetrics metrics) {
        Configuration configuration = jobConfiguration(settings);
        configuration.set(RestOptions.BIND_ADDRESS, "localhost");
        int port = settings.dashboardPort();
        configuration.set(RestOptions.BIND_PORT, port == 0 ? "0" : port + "-" + Math.min(port + 100, 65_535));

        configuration.set(
                CoreOptions.TMP_DIRS, settings.directory().resolve("tmp").toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        // Little in flight, so that a barrier passes soon although the trainer holds the stream back.
        configuration.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("8kb"));
        configuration.set(TaskManagerOptions.MIN_MEMORY_SEGMENT_SIZE, MemorySize.parse("1kb"));
        configuration.set(TaskManagerOptions.STARTING_MEMORY_SEGMENT_SIZE, MemorySize.parse("4kb"));
        configuration.set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
        configuration.set(TaskManagerOptions.BUFFER_DEBLOAT_TARGET, Duration.ofMillis(200));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));

        configuration.setString("metrics.reporter.freshet.factory.class", JobMetricsReporterFactory.class.getName());
        configuration.setString(
                "metrics.reporter.freshet." + JobMetricsReporterFactory.CLUSTER_OPTION, metrics.cluster());
        settings.prometheusPort().ifPresent(prometheusPort -> {
            configuration.setString("metrics.reporter.prom.factory.class", PrometheusReporterFactory.class.getName());
            configuration.setString("metrics.reporter.prom.port", Integer.toString(prometheusPort));
        });
        return configuration;
    }

    /** What of a job's settings belongs to this machine; the rest is for the job to say. */
    private static Configuration jobConfiguration(ClusterSettings settings) {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism());
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                settings.directory().resolve("checkpoints").toUri().toString());
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        // A fast replay runs through days of event time in a second: at Flink's default of 200 ms windows would close
        // hours late when few events come to move time on.
        configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
        return configuration;
    }
}
