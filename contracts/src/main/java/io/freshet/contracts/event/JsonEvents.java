package io.freshet.contracts.event;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;

/**
 * Events as JSON objects in UTF-8, one per message:
 *
 * <pre>
 *   {"impression_id":"i1","time_ms":1700000000000,"features":{"user":"u1","item":42,"genres":["a","b"],"age":3.5}}
 *   {"impression_id":"i1","action":"like","time_ms":1700000000001,"value":1}
 * </pre>
 *
 * <p>All but {@code value} is required; it is 1 when absent. A feature is a text, an integer of at most 64 bits, a finite
 * number, a boolean (taken as the text {@code true} or {@code false}), or a flat list of texts, integers and booleans, each
 * taken as its text. A feature that is null is absent. Fields that are not named here are ignored, so that events may
 * carry more than Freshet needs. Anything else is refused: duplicate keys, text after the object, invalid UTF-8.
 *
 * <p>Threads: stateless.
 */
public final class JsonEvents {
    private JsonEvents() {}

    /** @throws MalformedEventException naming the field that is wrong */
    public static Impression readImpression(byte[] message) throws MalformedEventException {
        return JsonEventReader.impression(message);
    }

    /** @throws MalformedEventException naming the field that is wrong */
    public static Action readAction(byte[] message) throws MalformedEventException {
        return JsonEventReader.action(message);
    }

    /** @throws IllegalArgumentException when the impression is one that could not be read again */
    public static byte[] write(Impression impression) {
        return JsonEventWriter.write(impression);
    }

    /** @throws IllegalArgumentException when the action is one that could not be read again */
    public static byte[] write(Action action) {
        return JsonEventWriter.write(action);
    }
}
