package io.freshet.serving.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.serving.replica.CandidateScorer;
import io.freshet.serving.replica.CandidateScorer.Scored;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /v1/score}. */
final class ScoreService implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(ScoreService.class);

    private final ScoreRequestReader reader;
    private final CandidateEncoder encoder;
    private final CandidateScorer scorer;
    private final List<String> tasks;
    private final ScoringThreads threads;

    /**
     * A service.
     *
     * @param tasks names of the scores, in the scorer's order
     */
    ScoreService(
            ScoreRequestReader reader,
            CandidateEncoder encoder,
            CandidateScorer scorer,
            List<String> tasks,
            ScoringThreads threads) {
        this.reader = reader;
        this.encoder = encoder;
        this.scorer = scorer;
        this.tasks = List.copyOf(tasks);
        this.threads = threads;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        return HttpResponse.of(request.aggregate().thenCompose(this::submit));
    }

    private CompletionStage<HttpResponse> submit(AggregatedHttpRequest request) {
        try {
            return CompletableFuture.supplyAsync(() -> answer(request), threads.executor());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Json.error(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "",
                    "Too many requests wait. Send fewer, or add servers or scoring threads."));
        }
    }

    private HttpResponse answer(AggregatedHttpRequest request) {
        try {
            List<EncodedFeatures> candidates =
                    encoder.encode(reader.read(request.content().array()));
            Optional<Scored> scored = scorer.score(candidates);
            return scored.map(this::answer)
                    .orElseGet(() -> Json.error(
                            HttpStatus.SERVICE_UNAVAILABLE, "", "No version of the model is live yet. Try again."));
        } catch (BadRequestException e) {
            return Json.error(HttpStatus.BAD_REQUEST, e.field(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Could not score a request of {} bytes", request.content().length(), e);
            return Json.error(HttpStatus.INTERNAL_SERVER_ERROR, "", "The server could not score; its log says why.");
        }
    }

    private HttpResponse answer(Scored scored) {
        return Json.object(HttpStatus.OK, json -> {
            json.writeObjectFieldStart("version");
            Json.version(json, scored.version());
            json.writeEndObject();
            json.writeArrayFieldStart("scores");
            float[] predictions = scored.predictions();
            for (int at = 0; at < predictions.length; at += tasks.size()) {
                json.writeStartObject();
                for (int task = 0; task < tasks.size(); task++) {
                    json.writeNumberField(tasks.get(task), predictions[at + task]);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
