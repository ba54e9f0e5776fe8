package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.EventTopic.Format;
import io.freshet.contracts.pipeline.FeatureConfig.Pooling;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.FeatureConfig.Transform;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example that the documentation shows, read whole. */
class PipelineExampleTest {
    static final String EXAMPLE = """
            name: movie-likes
            impressions: {topic: impressions, format: json}      # or protobuf
            actions:     {topic: actions, format: json}
            tables:
              user:  {dimension: 16, optimizer: {type: adagrad, learning-rate: 0.1}, expire-after: 90d, admit-after: 1}
              item:  {dimension: 16}
              genre: {dimension: 8}
            features:
              - {name: user,   slot: id,       table: user,  group: user}
              - {name: item,   slot: id,       table: item,  group: item}
              - {name: genres, slot: ids,      table: genre, group: item, pooling: mean}
              - {name: recent, slot: sequence, table: item,  group: history, length: 50}
              - {name: age-of-item-days, slot: number, transform: log1p, group: item}
            tasks:
              - {name: like, action: like, window: 1h}
            join:     {emission: wait, negative-sample-rate: 1.0}
            ranker:   {type: token-mixer-large, width: 64, layers: 2, heads: 4, wide: true}
            training: {batch-size: 32, linger: 100ms, device: auto, optimizer: {type: adagrad, learning-rate: 0.003}}
            publish:  {every: 5s, precision: fp16}
            """;

    private final Pipeline pipeline = PipelineFile.parse(EXAMPLE, Map.of());

    @Test
    void theExampleOfAScriptedModuleCanBeRead() throws IOException {
        Path folder =
                Path.of("..", "examples", "bring-your-own").toAbsolutePath().normalize();
        assertThat(PipelineFile.load(folder.resolve("pipeline.yaml")).ranker().file())
                .isEqualTo(folder.resolve("ranker.pt").toString());
    }

    @Test
    void topicsAreAsWritten() {
        assertThat(pipeline.name()).isEqualTo("movie-likes");
        assertThat(pipeline.impressions()).isEqualTo(new EventTopic("impressions", Format.JSON));
        assertThat(pipeline.actions()).isEqualTo(new EventTopic("actions", Format.JSON));
    }

    @Test
    void tablesKeepTheOrderOfTheFile() {
        assertThat(pipeline.tables().keySet()).containsExactly("user", "item", "genre");
        assertThat(pipeline.tables().get("user"))
                .isEqualTo(TableConfig.of("user", 16).withExpiry(Duration.ofDays(90), ExpiryConfig.DEFAULTS));
        assertThat(pipeline.tables().get("genre")).isEqualTo(TableConfig.of("genre", 8));
    }

    @Test
    void featuresKeepTheOrderOfTheFile() {
        assertThat(pipeline.features())
                .containsExactly(
                        new FeatureConfig("user", Slot.ID, "user", "user", Pooling.MEAN, 1, Transform.NONE),
                        new FeatureConfig("item", Slot.ID, "item", "item", Pooling.MEAN, 1, Transform.NONE),
                        new FeatureConfig("genres", Slot.IDS, "genre", "item", Pooling.MEAN, 50, Transform.NONE),
                        new FeatureConfig("recent", Slot.SEQUENCE, "item", "history", Pooling.MEAN, 50, Transform.NONE),
                        new FeatureConfig(
                                "age-of-item-days", Slot.NUMBER, null, "item", Pooling.MEAN, 1, Transform.LOG1P));
    }

    @Test
    void theRestIsAsWrittenOrDefault() {
        assertThat(pipeline.tasks()).containsExactly(TaskConfig.binary("like", "like", Duration.ofHours(1)));
        assertThat(pipeline.join()).isEqualTo(JoinConfig.DEFAULTS);
        assertThat(pipeline.ranker()).isEqualTo(RankerConfig.DEFAULTS);
        assertThat(pipeline.training()).isEqualTo(TrainingConfig.DEFAULTS);
        assertThat(pipeline.publish()).isEqualTo(PublishConfig.DEFAULTS);
        assertThat(pipeline.kafka()).isEqualTo(KafkaConfig.DEFAULTS);
    }

    @Test
    void survivesJavaSerialization() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(pipeline);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(pipeline);
        }
    }
}
