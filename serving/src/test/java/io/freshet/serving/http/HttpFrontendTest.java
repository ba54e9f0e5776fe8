package io.freshet.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.Scorer;
import io.freshet.serving.Await;
import io.freshet.serving.Client;
import io.freshet.serving.Client.Answer;
import io.freshet.serving.ServerConfig;
import io.freshet.serving.TestPipelines;
import io.freshet.serving.replica.CandidateScorer;
import io.freshet.serving.replica.EventToServed;
import io.freshet.serving.replica.ModelReplica;
import io.freshet.serving.replica.TestVersions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFrontendTest {
    private static final Pipeline PIPELINE = TestPipelines.small("http");
    private static final ModelPlan PLAN = ModelPlan.of(PIPELINE);
    private static final Scorer SCORER = new Scorer(PLAN, "cpu");
    private static final int CANDIDATES_MAX = 5;
    private static final int BYTES_MAX = 2000;

    private static final EventToServed EVENT_TO_SERVED = new EventToServed(System::currentTimeMillis);
    private static final ModelReplica REPLICA = new ModelReplica(SCORER::load, EVENT_TO_SERVED);

    // One for all tests: Armeria takes two seconds to stop.
    private static final HttpFrontend HTTP = new HttpFrontend(
            ServerConfig.of(PIPELINE, 0).withScoring(new ServerConfig.Scoring(2, 10, CANDIDATES_MAX, BYTES_MAX, "cpu")),
            new HttpFrontend.Backend(
                    PLAN.tasks(),
                    REPLICA,
                    new CandidateScorer(PLAN, REPLICA, SCORER, EVENT_TO_SERVED),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    private static Client client;

    @BeforeAll
    static void start() {
        HTTP.start();
        client = new Client(HTTP.port());
    }

    @AfterEach
    void leaveNoVersionLive() {
        REPLICA.close();
    }

    @AfterAll
    static void stop() {
        HTTP.close();
        SCORER.close();
    }

    private void goLive() {
        REPLICA.goLive(TestVersions.whole(PIPELINE, 9, PLAN.initialDense(1)));
    }

    @Test
    void scoresEachCandidateWithTheLiveVersion() {
        goLive();
        Answer answer = client.score("""
                {"features":{"user":"u1","age":3},"candidates":[{"item":1},{"item":2,"genres":["a","b"]},{"item":1}]}""");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().get("version").toString())
                .isEqualTo("{\"lineage\":\"a\",\"sequence\":9,\"checkpoint_id\":9}");
        assertThat(answer.json().get("scores")).hasSize(3);
        assertThat(answer.score(0))
                .isBetween(0.0, 1.0)
                .isEqualTo(answer.score(2))
                .isNotEqualTo(answer.score(1));
    }

    @Test
    void aCandidatesFeatureComesBeforeTheRequests() {
        goLive();
        Answer overridden = client.score("{\"features\":{\"item\":7},\"candidates\":[{\"item\":8},{}]}");
        Answer plain = client.score("{\"candidates\":[{\"item\":8},{\"item\":7}]}");
        assertThat(overridden.score(0)).isEqualTo(plain.score(0));
        assertThat(overridden.score(1)).isEqualTo(plain.score(1)).isNotEqualTo(plain.score(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"candidates\":[{\"item\":1},{\"item\":1.5}]} | candidates[1].item",
                "{\"candidates\":[{\"item\":1},{\"genres\":[\"a\",{}]}]} | candidates[1].genres[1]",
                "{\"candidates\":[{\"item\":{}}]} | candidates[0].item",
                "{\"candidates\":[{},7]} | candidates[1]",
                "{\"features\":{\"user\":[\"a\"]},\"candidates\":[{}]} | features.user",
                "{\"features\":{\"age\":\"old\"},\"candidates\":[{}]} | features.age",
                "{\"features\":[],\"candidates\":[{}]} | features",
                "{\"candidates\":{}} | candidates",
                "{\"candidates\":[]} | candidates",
                "{\"features\":{}} | candidates",
                "{\"candidates\":[{},{},{},{},{},{}]} | candidates",
                "{\"candidate\":[{}]} | candidate",
                "{\"candidates\":[{}] | ``",
                "{\"candidates\":[{}]} x | ``",
                "[] | ``",
                "`` | ``",
            })
    void aWrongRequestIsTheClientsFaultAndNamesTheField(String body, String field) {
        goLive();
        Answer answer = client.score(body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("error").asText()).isNotEmpty();
        assertThat(answer.json().path("field").asText()).isEqualTo(field);
    }

    @Test
    void withoutAVersionItIsAliveButNotReady() {
        assertThat(client.score("{\"candidates\":[{}]}").status()).isEqualTo(503);
        assertThat(client.get("/healthz").status()).isEqualTo(200);
        assertThat(client.get("/readyz").status()).isEqualTo(503);
        assertThat(client.get("/v1/versions").json().get("live").isNull()).isTrue();
        goLive();
        assertThat(client.get("/readyz").status()).isEqualTo(200);
    }

    @Test
    void tellsItsVersions() {
        goLive();
        JsonNode versions = client.get("/v1/versions").json();
        assertThat(versions.at("/live/checkpoint_id").asLong()).isEqualTo(9);
        assertThat(versions.at("/versions/0/examples").asLong()).isEqualTo(10);
        assertThat(versions.at("/versions/0/tasks/0/auc").asDouble()).isEqualTo(0.75);
        assertThat(versions.at("/versions/0/tasks/0/window_auc").isNull()).isTrue();
        assertThat(versions.at("/versions/0/cut_at_ms").asLong()).isPositive();
    }

    @Test
    void answersWhatItDoesNotServeInJson() {
        assertThat(client.get("/v1/score").status()).isEqualTo(405);
        assertThat(client.send("POST", "/v1/versions", "").status()).isEqualTo(405);
        Answer missing = client.get("/v2/score");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().get("error").asText()).contains("/v1/score");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        goLive();
        String longText = String.join("", Collections.nCopies(BYTES_MAX, "x"));
        Answer answer = client.score("{\"candidates\":[{\"item\":\"" + longText + "\"}]}");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().get("error").asText()).contains("2000 bytes");
    }

    @Test
    void countsRequestsByHowTheyWereAnswered() {
        long requests = HTTP.requests();
        long failed = HTTP.failed();
        long rejected = HTTP.rejected();
        client.score("{\"candidates\":[{}]}");
        goLive();
        client.score("{\"candidates\":[{}]}");
        client.score("{}");
        Await.until("three requests counted", () -> HTTP.requests() == requests + 3);
        assertThat(HTTP.failed()).isEqualTo(failed + 1);
        assertThat(HTTP.rejected()).isEqualTo(rejected + 1);
        assertThat(client.get("/metrics").body())
                .contains("freshet_score_requests_total{outcome=\"ok\"}")
                .contains("freshet_score_time_seconds_count " + HTTP.requests());
    }
}
