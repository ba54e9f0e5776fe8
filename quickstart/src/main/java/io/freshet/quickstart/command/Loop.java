package io.freshet.quickstart.command;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.job.OnlineJob;
import io.freshet.flink.publish.ModelTopics;
import io.freshet.flink.train.PredictionListeners;
import io.freshet.quickstart.cluster.ClusterSettings;
import io.freshet.quickstart.cluster.LocalCluster;
import io.freshet.quickstart.cluster.LocalJob;
import io.freshet.quickstart.report.PredictionLog;
import io.freshet.serving.RankingServer;
import io.freshet.serving.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Broker, cluster with the online job, and server of one pipeline, all in this process. */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final String HOST = "127.0.0.1";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private Pipeline pipeline;
    private PredictionLog predictions;
    private EmbeddedBroker broker;
    private LocalCluster cluster;
    private LocalJob job;
    private RankingServer server;

    private Loop() {}

    /**
     * Starts everything; the job may still be on its way up when this returns.
     *
     * @param directory of broker and cluster, new
     */
    static Loop start(Pipeline file, LoopOptions options, Path directory) {
        Loop loop = new Loop();
        try {
            loop.startParts(file, options, directory);
            return loop;
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    private void startParts(Pipeline file, LoopOptions options, Path directory) {
        // Loading the engine and starting Kafka and Flink take seconds each, and need nothing of one another.
        CompletableFuture<LocalCluster> clusterStart =
                CompletableFuture.supplyAsync(() -> LocalCluster.start(clusterSettings(options, directory)));
        try {
            broker = EmbeddedBroker.start(directory.resolve("kafka"));
            parts.push(broker);
        } finally {
            clusterStart.handle((started, failure) -> started).join();
            if (!clusterStart.isCompletedExceptionally()) {
                parts.push(clusterStart.join());
            }
        }
        cluster = joined(clusterStart);
        pipeline = options.apply(file, broker.bootstrapServers());
        broker.createTopic(pipeline.impressions().topic(), options.parallelism);
        broker.createTopic(pipeline.actions().topic(), options.parallelism);
        ModelTopics.create(pipeline, (short) 1);

        predictions = new PredictionLog(pipeline.tasks().size());
        PredictionListeners.register(pipeline.name(), predictions);
        parts.push(() -> PredictionListeners.unregister(pipeline.name()));
        StreamExecutionEnvironment environment = cluster.environment();
        OnlineJob.build(environment, pipeline);
        job = cluster.submit(environment, pipeline.name());

        server = startServer(options.port);
        parts.push(server);
    }

    /** At the port itself if nobody listens there, else at any. */
    private RankingServer startServer(int port) {
        RankingServer started = new RankingServer(
                new ServerConfig(pipeline, HOST, port, broker.bootstrapServers(), ServerConfig.Scoring.defaults()));
        try {
            started.start();
            return started;
        } catch (RuntimeException e) {
            started.close();
            if (port == 0) {
                throw e;
            }
            LOG.info("Port {} cannot be had, so another is taken", port, e);
            return startServer(0);
        }
    }

    /** As it runs: with the options of the command line and the broker of this process. */
    Pipeline pipeline() {
        return pipeline;
    }

    PredictionLog predictions() {
        return predictions;
    }

    LocalCluster cluster() {
        return cluster;
    }

    LocalJob job() {
        return job;
    }

    RankingServer server() {
        return server;
    }

    URI serverAddress() {
        return URI.create("http://" + HOST + ":" + server.port());
    }

    /** Stops everything, the last started first. What cannot be stopped is logged, and the rest stopped all the same. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("Could not stop {}", part.getClass().getSimpleName(), e);
            }
        }
    }

    private static ClusterSettings clusterSettings(LoopOptions options, Path directory) {
        return new ClusterSettings(
                directory.resolve("flink"),
                options.parallelism,
                options.dashboardPort,
                options.prometheusPort == null ? OptionalInt.empty() : OptionalInt.of(options.prometheusPort));
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
