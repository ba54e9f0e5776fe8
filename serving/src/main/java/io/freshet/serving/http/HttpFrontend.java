package io.freshet.serving.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.freshet.serving.ServerConfig;
import io.freshet.serving.replica.CandidateScorer;
import io.freshet.serving.replica.ModelReplica;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** The HTTP server: paths, limits, threads. Threads: any. */
public final class HttpFrontend implements AutoCloseable {
    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(5);

    private final RequestCounts counts;
    private final ScoringThreads threads;
    private final Server server;

    /**
     * What requests are answered from.
     *
     * @param tasks names of the scores, in the scorer's order
     */
    public record Backend(
            List<String> tasks, ModelReplica replica, CandidateScorer scorer, PrometheusMeterRegistry metrics) {}

    /** A server that does not listen yet. */
    public HttpFrontend(ServerConfig config, Backend backend) {
        counts = new RequestCounts(backend.metrics());
        threads =
                new ScoringThreads(config.scoring().threads(), config.scoring().queuedRequests());
        Gauge.builder("freshet.score.waiting", threads, ScoringThreads::waiting)
                .description("Requests that wait for a scoring thread")
                .register(backend.metrics());
        server = build(config, backend);
    }

    private Server build(ServerConfig config, Backend backend) {
        HttpService score = new ScoreService(
                new ScoreRequestReader(config.scoring().candidatesMax()),
                new CandidateEncoder(config.pipeline()),
                backend.scorer(),
                backend.tasks(),
                threads);
        ServerBuilder builder = Server.builder()
                .http(new InetSocketAddress(config.host(), config.port()))
                .meterRegistry(backend.metrics())
                .requestTimeout(ANSWER_WITHIN)
                .maxRequestLength(config.scoring().requestBytesMax())
                .gracefulShutdownTimeout(Duration.ZERO, FINISH_WITHIN)
                .errorHandler(new JsonErrors(config.scoring().requestBytesMax()));
        builder.route().path("/v1/score").methods(HttpMethod.POST).build(new CountingService(score, counts));
        get(builder, "/v1/versions", new VersionsService(backend.replica()));
        get(
                builder,
                "/metrics",
                (context, request) -> HttpResponse.of(
                        HttpStatus.OK, PROMETHEUS, backend.metrics().scrape()));
        get(builder, "/healthz", (context, request) -> status(HttpStatus.OK, "alive"));
        get(builder, "/readyz", (context, request) -> readiness(backend.replica()));
        return builder.build();
    }

    private static void get(ServerBuilder builder, String path, HttpService service) {
        builder.route().path(path).methods(HttpMethod.GET, HttpMethod.HEAD).build(service);
    }

    private static HttpResponse readiness(ModelReplica replica) {
        return replica.liveId().isPresent()
                ? status(HttpStatus.OK, "ready")
                : status(HttpStatus.SERVICE_UNAVAILABLE, "no version of the model is live yet");
    }

    private static HttpResponse status(HttpStatus status, String text) {
        return Json.object(status, json -> json.writeStringField("status", text));
    }

    /** Begins to listen. */
    public void start() {
        server.start().join();
    }

    /** Where it listens. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Scoring requests answered so far. */
    public long requests() {
        return counts.total();
    }

    /** Those answered with a status of 500 or above. */
    public long failed() {
        return counts.failed();
    }

    /** Those answered with a status from 400 to 499. */
    public long rejected() {
        return counts.rejected();
    }

    /** Lets requests under way finish, and stops listening. */
    @Override
    public void close() {
        server.stop().join();
        threads.close();
    }
}
