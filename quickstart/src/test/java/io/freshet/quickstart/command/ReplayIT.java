package io.freshet.quickstart.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop through its command line, on a stream with bad messages in it. */
@Timeout(300)
class ReplayIT {
    private static final int IMPRESSIONS = 4_000;
    private static final int MALFORMED = 50;
    private static final int DUPLICATES = 70;
    private static final int ORPHANS = 30;
    private static final String PIPELINE = """
            name: replay-it
            tables:
              user: {dimension: 8}
              item: {dimension: 8}
            features:
              - {name: user, slot: id, table: user, group: user}
              - {name: item, slot: id, table: item, group: item}
            tasks:
              - {name: like, action: like, window: 10m}
            ranker: {type: token-mixer-large, width: 16, layers: 1, heads: 2, wide: true}
            training: {batch-size: 32, linger: 50ms, device: cpu}
            """;

    @TempDir
    private Path directory;

    @Test
    void everyMessageIsAccountedForAndTheLastVersionIsServed() throws IOException {
        writeFiles(7);
        Path report = directory.resolve("report.json");
        System.setProperty("freshet.home", directory.resolve("home").toString());
        int exit = Freshet.run(
                "replay",
                "--pipeline",
                directory.resolve("pipeline.yaml").toString(),
                "--impressions",
                directory.resolve("impressions.jsonl").toString(),
                "--actions",
                directory.resolve("actions.jsonl").toString(),
                "--speed=max",
                "--publish-every=1s",
                "--port=0",
                "--dashboard-port=0",
                "--exit-when-done",
                "--report",
                report.toString());

        assertThat(exit).isZero();
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertThat(json.at("/events/impressions").longValue()).isEqualTo(IMPRESSIONS + MALFORMED + DUPLICATES);
        assertThat(json.at("/join/examples").longValue()).isEqualTo(IMPRESSIONS);
        assertThat(json.at("/join/dropped/impression_malformed").longValue()).isEqualTo(MALFORMED);
        assertThat(json.at("/join/dropped/impression_duplicate").longValue()).isEqualTo(DUPLICATES);
        assertThat(json.at("/join/dropped/action_without_impression").longValue())
                .isEqualTo(ORPHANS);
        assertThat(json.at("/events/actions").longValue())
                .isEqualTo(json.at("/join/positives").longValue() + ORPHANS);
        assertThat(json.at("/train/examples").longValue()).isEqualTo(IMPRESSIONS);
        assertThat(json.at("/progressive/auc_second_half").doubleValue()).isGreaterThan(0.6);
        assertThat(json.at("/versions/served").longValue()).isPositive();
        assertThat(json.at("/event_to_served_ms/p50").doubleValue()).isPositive();
        assertThat(json.at("/requests/total").longValue()).isPositive();
        assertThat(json.at("/requests/failed").longValue()).isZero();
        assertThat(directory.resolve("home/runs")).isEmptyDirectory();
    }

    /** Whether something is liked depends on the item, so there is something to learn. */
    private void writeFiles(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> impressions = new ArrayList<>();
        List<String> actions = new ArrayList<>();
        for (int i = 0; i < IMPRESSIONS; i++) {
            long timeMs = 1_700_000_000_000L + i * 1_000L;
            int item = random.nextInt(20);
            impressions.add("{\"impression_id\":\"i%d\",\"time_ms\":%d,\"features\":{\"user\":\"u%d\",\"item\":%d}}"
                    .formatted(i, timeMs, random.nextInt(50), item));
            if (random.nextInt(20) < item) {
                actions.add(like("i" + i, timeMs + 1_000 + random.nextInt(500_000)));
            }
        }
        for (int i = 0; i < DUPLICATES; i++) {
            int at = random.nextInt(impressions.size());
            impressions.add(at + 1, impressions.get(at));
        }
        for (int i = 0; i < MALFORMED; i++) {
            impressions.add(random.nextInt(impressions.size()), "{\"impression_id\":\"bad" + i + "\",\"time_ms\":");
        }
        for (int i = 0; i < ORPHANS; i++) {
            actions.add(random.nextInt(actions.size()), like("nothing" + i, 1_700_000_000_000L + i * 100_000L));
        }
        Files.write(directory.resolve("impressions.jsonl"), impressions);
        Files.write(directory.resolve("actions.jsonl"), actions);
        Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE);
    }

    private static String like(String impression, long timeMs) {
        return "{\"impression_id\":\"%s\",\"action\":\"like\",\"time_ms\":%d}".formatted(impression, timeMs);
    }
}
