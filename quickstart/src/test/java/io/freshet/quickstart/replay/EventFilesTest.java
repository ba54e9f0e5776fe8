package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFilesTest {
    @TempDir
    private Path directory;

    @Test
    void filesAreMergedByEventTimeWithImpressionsFirst() throws IOException {
        assertThat(replay(shown(1) + shown(5) + shown(9), acted(5) + acted(7)))
                .containsExactly("I1", "I5", "A5", "A7", "I9");
    }

    @Test
    void eventsOutOfOrderComeInOrder() throws IOException {
        assertThat(replay(shown(5) + shown(1) + shown(9), acted(7) + acted(2)))
                .containsExactly("I1", "A2", "I5", "A7", "I9");
    }

    @Test
    void linesWithoutAReadableTimeKeepTheirPlace() throws IOException {
        assertThat(replay(
                        shown(1) + "{\"time_ms\":\n" + shown(5) + "[]\n" + "{\"time_ms\":\"6\"}\n" + shown(9),
                        acted(4) + acted(6)))
                .containsExactly("I1", "I{\"time_ms\":", "A4", "I5", "I[]", "I{\"time_ms\":\"6\"}", "A6", "I9");
    }

    @Test
    void eventOfTheFarFutureDoesNotHoldItsFileBack() throws IOException {
        long future = 40_000_000_000_000L;
        assertThat(replay(shown(1) + shown(future) + shown(5), acted(3)))
                .containsExactly("I1", "I" + future, "A3", "I5");
    }

    @Test
    void bytesArriveAsTheyAre() throws IOException {
        byte[] invalidUtf8 = {'{', (byte) 0xff, (byte) 0xfe, '}', '\n'};
        Path impressions = Files.write(directory.resolve("impressions.jsonl"), invalidUtf8);
        Path actions = Files.createFile(directory.resolve("actions.jsonl"));
        try (EventFiles files = EventFiles.open(impressions, actions)) {
            assertThat(files.next().value()).containsExactly('{', 0xff, 0xfe, '}');
            assertThat(files.hasNext()).isFalse();
        }
    }

    @Test
    void emptyLinesCarriageReturnsAndAMissingLastLineEndAreNoEvents() throws IOException {
        assertThat(replay("\r\n\n" + shown(1).replace("\n", "\r\n") + "\n" + shown(5).strip(), ""))
                .containsExactly("I1", "I5");
    }

    @Test
    void gzipIsRecognisedWhateverTheFileIsCalled() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write((shown(1) + shown(5)).getBytes(StandardCharsets.UTF_8));
        }
        Path impressions = Files.write(directory.resolve("impressions"), packed.toByteArray());
        Path actions = Files.writeString(directory.resolve("actions.jsonl"), acted(3));
        assertThat(names(impressions, actions)).containsExactly("I1", "A3", "I5");
    }

    @Test
    void missingFileIsNamed() {
        Path missing = directory.resolve("missing.jsonl");
        assertThatThrownBy(() -> EventFiles.open(missing, missing))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.jsonl");
    }

    private List<String> replay(String impressions, String actions) throws IOException {
        return names(
                Files.writeString(directory.resolve("impressions.jsonl"), impressions),
                Files.writeString(directory.resolve("actions.jsonl"), actions));
    }

    /** Kind and time of each event, or kind and text of one without a time. */
    private static List<String> names(Path impressions, Path actions) {
        List<String> names = new ArrayList<>();
        try (EventFiles files = EventFiles.open(impressions, actions)) {
            while (files.hasNext()) {
                TrafficEvent event = files.next();
                String text = new String(event.value(), StandardCharsets.UTF_8);
                String time = EventTime.of(event.value()).isPresent()
                        ? Long.toString(EventTime.of(event.value()).getAsLong())
                        : text;
                names.add(event.kind().name().charAt(0) + time);
            }
        }
        return names;
    }

    private static String shown(long timeMs) {
        return "{\"impression_id\":\"i%d\",\"features\":{\"time_ms\":[2]},\"time_ms\":%d}\n".formatted(timeMs, timeMs);
    }

    private static String acted(long timeMs) {
        return "{\"impression_id\":\"i1\",\"action\":\"like\",\"time_ms\":%d}\n".formatted(timeMs);
    }
}
