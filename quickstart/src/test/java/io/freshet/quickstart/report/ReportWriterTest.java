package io.freshet.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    private static final Report REPORT = new Report(
            new Report.Events(70_000, 35_677),
            new Report.Join(69_990, 35_670, new TreeMap<>(Map.of("action_late", 7L, "impression_malformed", 10L))),
            new Report.Train(69_990, 4_375, 1_999.5),
            new ProgressiveQuality(0.772, 0.79, 0.58, 0.84, 1.01),
            new ServedQuality(1_700, 0.75, 0.012, null),
            new Report.Versions(9, 8),
            new Report.Staleness(2_500.0, null),
            new Report.Requests(1_750, 0),
            36.5);

    @Test
    void jsonHasExactlyTheAgreedKeys(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new/report.json");
        ReportWriter.write(REPORT, file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(names("", json))
                .containsExactly(
                        "events.impressions",
                        "events.actions",
                        "join.examples",
                        "join.positives",
                        "join.dropped.action_late",
                        "join.dropped.impression_malformed",
                        "train.examples",
                        "train.steps",
                        "train.examples_per_second",
                        "progressive.auc",
                        "progressive.auc_second_half",
                        "progressive.log_loss",
                        "progressive.normalized_entropy",
                        "progressive.calibration",
                        "served.impressions",
                        "served.auc",
                        "served.auc_error",
                        "served.calibration",
                        "versions.published",
                        "versions.served",
                        "event_to_served_ms.p50",
                        "event_to_served_ms.p99",
                        "requests.total",
                        "requests.failed",
                        "wall_seconds");
        assertThat(json.at("/join/dropped/action_late").longValue()).isEqualTo(7);
        assertThat(json.at("/progressive/auc_second_half").doubleValue()).isEqualTo(0.79);
        assertThat(json.at("/event_to_served_ms/p99").isNull()).isTrue();
    }

    @Test
    void nothingDroppedIsAnEmptyObject(@TempDir Path directory) throws IOException {
        Report clean = new Report(
                REPORT.events(),
                new Report.Join(1, 1, new TreeMap<>()),
                REPORT.train(),
                REPORT.progressive(),
                REPORT.served(),
                REPORT.versions(),
                REPORT.eventToServedMs(),
                REPORT.requests(),
                1);
        ReportWriter.write(clean, directory.resolve("report.json"));
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("report.json").toFile());
        assertThat(json.at("/join/dropped").isObject()).isTrue();
        assertThat(json.at("/join/dropped")).isEmpty();
        assertThat(ReportWriter.table(clean)).containsPattern("join\\.dropped +none");
    }

    @Test
    void tableHasALineForEachKey() {
        assertThat(ReportWriter.table(REPORT).lines())
                .hasSize(25)
                .anySatisfy(line -> assertThat(line).matches("events\\.impressions +70,000"))
                .anySatisfy(line -> assertThat(line).matches("join\\.dropped\\.action_late +7"))
                .anySatisfy(line -> assertThat(line).matches("progressive\\.auc +0\\.7720"))
                .anySatisfy(line -> assertThat(line).matches("event_to_served_ms\\.p99 +unknown"));
    }

    private static List<String> names(String prefix, JsonNode node) {
        List<String> names = new ArrayList<>();
        node.properties().forEach(entry -> {
            if (entry.getValue().isObject()) {
                names.addAll(names(prefix + entry.getKey() + ".", entry.getValue()));
            } else {
                names.add(prefix + entry.getKey());
            }
        });
        return names;
    }
}
