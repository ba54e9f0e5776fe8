package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.PipelineFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreRequestsTest {
    private final ScoreRequests requests = new ScoreRequests(PipelineFile.parse("""
                    name: test
                    tables: {item: {dimension: 2}}
                    features: [{name: item, slot: id, table: item, group: item}]
                    tasks: [{name: like, window: 1h}]
                    """, Map.of()), 1);

    @Test
    void thereIsNothingToAskBeforeAGoodImpression() {
        assertThat(requests.isReady()).isFalse();
        assertThat(requests.next()).isEmpty();
        see("{\"impression_id\":\"i1\",\"time_ms\":1,\"features\":{\"item\":[1]}}");
        assertThat(requests.isReady()).isFalse();
    }

    @Test
    void aBadImpressionDoesNotHideTheGoodOneThatFollowsAtOnce() {
        see("{\"impression_id\":\"i1\",\"time_ms\":1}, and more");
        see("{\"impression_id\":\"i2\",\"time_ms\":2,\"features\":{\"item\":7}}");
        assertThat(requests.isReady()).isTrue();
        assertThat(requests.next().map(body -> new String(body, StandardCharsets.UTF_8)))
                .hasValueSatisfying(body -> assertThat(body).contains("\"item\":7"));
    }

    private void see(String impression) {
        byte[] value = impression.getBytes(StandardCharsets.UTF_8);
        requests.witness(new TrafficEvent(TrafficEvent.Kind.IMPRESSION, 0, value));
    }
}
