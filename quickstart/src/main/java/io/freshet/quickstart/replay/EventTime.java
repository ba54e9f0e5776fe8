package io.freshet.quickstart.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/** Finds the time of an event in its JSON, and nothing else: whether the event is good is the pipeline's to say. */
final class EventTime {
    /** Clocks differ; a time further ahead of ours than this is no time. */
    static final long TOLERATED_AHEAD_MS = Duration.ofDays(1).toMillis();

    private static final JsonFactory JSON = new JsonFactory();

    private EventTime() {}

    /** The line's {@code time_ms}, if it can be read. */
    static OptionalLong of(byte[] line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return OptionalLong.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isTime = parser.currentName().equals("time_ms");
                JsonToken value = parser.nextToken();
                if (isTime) {
                    return value == JsonToken.VALUE_NUMBER_INT && parser.getLongValue() > 0
                            ? OptionalLong.of(parser.getLongValue())
                            : OptionalLong.empty();
                }
                parser.skipChildren();
            }
            return OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong
                    .empty(); // An expected outcome: the pipeline counts the line as malformed, with the cause.
        }
    }
}
