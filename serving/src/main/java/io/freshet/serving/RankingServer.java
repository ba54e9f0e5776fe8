package io.freshet.serving;

import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.Scorer;
import io.freshet.serving.follow.ModelShape;
import io.freshet.serving.follow.TopicFollower;
import io.freshet.serving.http.HttpFrontend;
import io.freshet.serving.replica.CandidateScorer;
import io.freshet.serving.replica.EventToServed;
import io.freshet.serving.replica.ModelReplica;
import io.freshet.serving.replica.ServerStatistics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that ranks with the newest version of a model.
 *
 * <p>Started, it listens at once and answers 503 until the first version is whole; it waits for Kafka and for the topics
 * as long as it takes. Threads: {@link #start} and {@link #close} once each, the rest any.
 */
public final class RankingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RankingServer.class);

    private final ServerConfig config;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final EventToServed eventToServed = new EventToServed(System::currentTimeMillis);
    private final Scorer scorer;
    private final ModelReplica replica;
    private final TopicFollower follower;
    private final HttpFrontend http;

    /** A server that has not started. */
    public RankingServer(ServerConfig config) {
        this.config = config;
        ModelPlan plan = ModelPlan.of(config.pipeline());
        scorer = new Scorer(plan, config.scoring().device());
        replica = new ModelReplica(scorer::load, eventToServed);
        follower = new TopicFollower(
                new TopicFollower.Source(
                        PipelineTopics.of(config.pipeline()),
                        config.bootstrapServers(),
                        config.pipeline().kafka().properties()),
                ModelShape.of(config.pipeline(), plan),
                replica::goLive,
                metrics);
        CandidateScorer candidates = new CandidateScorer(plan, replica, scorer, eventToServed);
        http = new HttpFrontend(config, new HttpFrontend.Backend(plan.tasks(), replica, candidates, metrics));
        new ReplicaMetrics(replica, eventToServed).bindTo(metrics);
    }

    /** Begins to follow and to listen. */
    public void start() {
        follower.start();
        http.start();
        LOG.info(
                "Pipeline {} is served on port {}, its versions come from {}",
                config.pipeline().name(),
                port(),
                config.bootstrapServers());
    }

    /** Where it listens. */
    public int port() {
        return http.port();
    }

    /** How it is doing. */
    public ServerStatistics statistics() {
        return new ServerStatistics(
                new ServerStatistics.Latency(
                        eventToServed.latencies().count(),
                        eventToServed.latencies().quantile(0.5),
                        eventToServed.latencies().quantile(0.99)),
                http.requests(),
                http.failed(),
                http.rejected(),
                replica.versionsServed(),
                replica.liveId(),
                replica.liveAgeMs());
    }

    /** Stops listening, lets requests under way finish, and frees the model. */
    @Override
    public void close() {
        http.close();
        follower.close();
        replica.close();
        scorer.close();
        metrics.close();
    }
}
