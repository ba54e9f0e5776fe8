package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.RankingServer;
import io.freshet.serving.ServerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server of a test, asked as a client would. */
final class Server implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final RankingServer server;

    Server(Pipeline pipeline) {
        server = new RankingServer(ServerConfig.of(pipeline, 0));
        server.start();
    }

    Optional<VersionId> live() {
        return server.statistics().live();
    }

    /** Waits until the server ranks with this version. */
    void awaitLive(VersionId version) {
        long deadline = System.nanoTime() + TrainRuns.PATIENCE.toNanos();
        while (!live().equals(Optional.of(version))) {
            assertThat(System.nanoTime())
                    .as("%s live in time; live is %s", version, live())
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** What the live version says about candidates. */
    float[] scores(Candidates candidates) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/score"))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(candidates.json()))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode scores = MAPPER.readTree(answer.body()).at("/scores");
        float[] all = new float[scores.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = Float.parseFloat(scores.get(i).get("like").asText());
        }
        return all;
    }

    /** Requests that no version could answer, or that failed. */
    long failed() {
        return server.statistics().failed();
    }

    @Override
    public void close() {
        server.close();
    }
}
