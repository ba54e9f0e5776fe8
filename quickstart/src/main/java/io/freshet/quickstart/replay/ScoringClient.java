package io.freshet.quickstart.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.quickstart.report.ServedScores;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server to score, at a steady rate, for real users and items of the stream.
 *
 * <p>Counts every request that is sent. Has a thread of its own from {@link #start} to {@link #close}; the counters may be
 * read from any thread.
 */
public final class ScoringClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REQUESTS_PER_SECOND = 50;
    private static final int IN_FLIGHT_MAX = 64;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final URI address;
    private final ScoreRequests requests;
    private final String task;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_WITHIN)
            .build();
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread named = new Thread(task, "scoring-client");
        named.setDaemon(true);
        return named;
    });

    /**
     * A client that has not asked yet.
     *
     * @param server such as {@code http://127.0.0.1:8080}
     * @param task whose scores are kept
     */
    public ScoringClient(URI server, ScoreRequests requests, String task) {
        this.task = task;
        this.address = server.resolve("/v1/score");
        this.requests = requests;
    }

    /** Begins to ask; the server must be ready. */
    public void start() {
        long everyMicros = TimeUnit.SECONDS.toMicros(1) / REQUESTS_PER_SECOND;
        thread.scheduleAtFixedRate(this::ask, 0, everyMicros, TimeUnit.MICROSECONDS);
    }

    /** Whether there is anything to ask: some impression was good. */
    public boolean canAsk() {
        return requests.isReady();
    }

    /** Requests answered so far, well or not. */
    public long total() {
        return total.get();
    }

    /** Requests that had no answer in time, or one that is no success. */
    public long failed() {
        return failed.get();
    }

    /** Asks no more, and waits for the answers that are still to come. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            inFlight.tryAcquire(IN_FLIGHT_MAX, ANSWER_WITHIN.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        if (!inFlight.tryAcquire()) {
            return; // A server that is stuck: those that wait for it will count as failed.
        }
        Optional<ScoreRequests.Request> next = requests.next();
        if (next.isEmpty()) {
            inFlight.release();
            return;
        }
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(ANSWER_WITHIN)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(next.get().body()))
                .build();
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .whenComplete((response, failure) -> answered(next.get().shown(), response, failure));
    }

    private void answered(ServedScores.Shown shown, HttpResponse<String> response, Throwable failure) {
        total.incrementAndGet();
        if (failure == null && response.statusCode() == 200) {
            keep(shown, response.body());
        } else {
            failed.incrementAndGet();
            LOG.warn(
                    "No score from {}: {}",
                    address,
                    failure == null ? response.statusCode() + " " + response.body() : failure.toString());
            if (shown != null) {
                shown.forget();
            }
        }
        inFlight.release();
    }

    private void keep(ServedScores.Shown shown, String answer) {
        if (shown == null) {
            return;
        }
        try {
            shown.scored(JSON.readTree(answer).at("/scores/0").path(task).floatValue());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("The server's answer cannot be read: " + answer, e);
        }
    }
}
