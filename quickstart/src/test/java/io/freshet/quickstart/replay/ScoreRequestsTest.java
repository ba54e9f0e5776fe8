package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.quickstart.report.ServedScores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreRequestsTest {
    private static final Pipeline PIPELINE = PipelineFile.parse("""
            name: likes
            tables: {user: {dimension: 4}, item: {dimension: 4}}
            features:
              - {name: user, slot: id, table: user, group: user}
              - {name: item, slot: id, table: item, group: item}
            tasks: [{name: liked, action: like, window: 1h}]
            """, Map.of());
    private static final long HOUR = 3_600_000;

    private final ServedScores served = new ServedScores(PIPELINE.tasks().get(0));
    private long nanos;
    private final ScoreRequests requests = new ScoreRequests(PIPELINE, 1, served, () -> nanos);

    private void witness(TrafficEvent.Kind kind, long timeMs, String json) {
        requests.witness(new TrafficEvent(kind, timeMs, json.getBytes(StandardCharsets.UTF_8)));
    }

    private void impression(int number) {
        nanos += 5_000_000; // It looks every 5 ms.
        witness(
                TrafficEvent.Kind.IMPRESSION,
                number * HOUR,
                "{\"impression_id\":\"i%d\",\"time_ms\":%d,\"features\":{\"user\":\"u%d\",\"item\":%d}}"
                        .formatted(number, number * HOUR, number, number));
    }

    private void like(int number) {
        witness(
                TrafficEvent.Kind.ACTION,
                number * HOUR + 1,
                "{\"impression_id\":\"i%d\",\"action\":\"like\",\"time_ms\":%d}".formatted(number, number * HOUR + 1));
    }

    @Test
    void theNewestImpressionIsAskedForOnceWithItsOwnItemFirst() throws Exception {
        assertThat(requests.next()).isEmpty();
        impression(1);
        impression(2);
        ScoreRequests.Request first = requests.next().orElseThrow();
        JsonNode body = new ObjectMapper().readTree(first.body());
        assertThat(body.at("/features/user").asText()).isEqualTo("u2");
        assertThat(body.at("/candidates/0/item").asInt()).isEqualTo(2);
        assertThat(body.at("/candidates")).hasSize(8);
        assertThat(first.shown()).isNotNull();
        assertThat(requests.next().orElseThrow().shown()).isNull();
    }

    @Test
    void whatIsDoneCountsEvenBeforeTheImpressionIsAskedFor() {
        impression(1);
        like(1);
        requests.next().orElseThrow().shown().scored(0.9f);
        impression(3);
        requests.next().orElseThrow().shown().scored(0.2f);
        impression(5);
        assertThat(served.quality().impressions()).isEqualTo(2);
        assertThat(served.quality().auc()).isEqualTo(1);
    }

    @Test
    void thereIsNothingToAskBeforeAGoodImpression() {
        assertThat(requests.isReady()).isFalse();
        witness(
                TrafficEvent.Kind.IMPRESSION,
                1,
                "{\"impression_id\":\"i1\",\"time_ms\":1,\"features\":{\"item\":[1]}}");
        witness(TrafficEvent.Kind.ACTION, 1, "{\"action\":\"like\"}");
        assertThat(requests.isReady()).isFalse();
        assertThat(requests.next()).isEmpty();
    }

    @Test
    void aBadImpressionDoesNotHideTheGoodOneThatFollowsAtOnce() throws IOException {
        witness(TrafficEvent.Kind.IMPRESSION, 1, "{\"impression_id\":\"i1\",\"time_ms\":1}, and more");
        witness(
                TrafficEvent.Kind.IMPRESSION,
                2,
                "{\"impression_id\":\"i2\",\"time_ms\":2,\"features\":{\"user\":\"u\",\"item\":7}}");
        assertThat(requests.isReady()).isTrue();
        JsonNode body =
                new ObjectMapper().readTree(requests.next().orElseThrow().body());
        assertThat(body.at("/candidates/0/item").asInt()).isEqualTo(7);
    }
}
