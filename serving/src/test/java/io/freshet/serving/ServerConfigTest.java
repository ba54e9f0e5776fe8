package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.Pipeline;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
    private final Pipeline pipeline = TestPipelines.small("config");

    @Test
    void takesKafkaFromThePipelineUnlessToldOtherwise() {
        ServerConfig config = ServerConfig.of(pipeline, 8080);
        assertThat(config.bootstrapServers()).isEqualTo(pipeline.kafka().bootstrapServers());
        assertThat(config.withBootstrapServers("k:1").bootstrapServers()).isEqualTo("k:1");
        assertThat(config.scoring().candidatesMax()).isEqualTo(10_000);
    }

    @Test
    void namesTheSettingThatCannotBe() {
        assertThatThrownBy(() -> ServerConfig.of(pipeline, 70_000))
                .hasMessage("port is 70000, must be from 0 to 65535");
        assertThatThrownBy(() -> new ServerConfig.Scoring(0, 1, 1, 1, "cpu"))
                .hasMessage("scoring threads is 0, must be at least 1");
    }
}
