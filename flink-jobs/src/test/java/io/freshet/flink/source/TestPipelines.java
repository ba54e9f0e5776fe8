package io.freshet.flink.source;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import java.nio.file.Path;
import java.util.Map;

/** Small pipelines for tests of the stream. */
public final class TestPipelines {
    private TestPipelines() {}

    /** Likes within a second, JSON both, out of order by up to 200 ms; features user (id), genres (ids), age (number). */
    public static Pipeline likes(String bootstrapServers) {
        return likes(bootstrapServers, "json", "wide: true");
    }

    /** The same with a mixture of 8 experts, 4 of them active, in place of both nets of the block. */
    public static Pipeline likesByExperts() {
        return likes("localhost:1", "json", "moe: {experts: 8, active: 4}");
    }

    /** The same with both topics in protobuf, for tests that need no Kafka. */
    public static Pipeline likesInProtobuf() {
        return likes("localhost:1", "protobuf", "wide: true");
    }

    /** Likes, whose dense weights start from a file. */
    public static Pipeline likesStartingFrom(Path file) {
        String training = "training: {start-from: '%s'}\n".formatted(file);
        return PipelineFile.parse(text("localhost:1", "json", "wide: true") + training, Map.of());
    }

    private static Pipeline likes(String bootstrapServers, String format, String ranker) {
        return PipelineFile.parse(text(bootstrapServers, format, ranker), Map.of());
    }

    private static String text(String bootstrapServers, String format, String ranker) {
        return """
                name: test-likes
                kafka: {bootstrap-servers: "%1$s"}
                impressions: {topic: impressions, format: %2$s}
                actions: {topic: actions, format: %2$s}
                tables:
                  user: {dimension: 4}
                  genre: {dimension: 4}
                features:
                  - {name: user, slot: id, table: user, group: user}
                  - {name: genres, slot: ids, table: genre, group: item}
                  - {name: age, slot: number, group: item}
                tasks:
                  - {name: like, action: like, window: 1s}
                join: {out-of-orderness: 200ms, idle-after: 1m, max-ahead: 1h}
                ranker: {type: token-mixer-large, width: 8, layers: 1, heads: 2, %3$s}
                """.formatted(bootstrapServers, format, ranker);
    }
}
