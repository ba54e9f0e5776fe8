package io.freshet.contracts.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads events field by field, without a tree. */
final class JsonEventReader {
    private JsonEventReader() {}

    static Impression impression(byte[] message) throws MalformedEventException {
        Impression.Builder impression = Impression.newBuilder();
        AtomicBoolean hasFeatures = new AtomicBoolean();
        readObject(message, (json, field) -> {
            switch (field) {
                case "impression_id" -> impression.setImpressionId(JsonFeatures.text(json, field));
                case "time_ms" -> impression.setTimeMs(JsonFeatures.integer(json, field));
                case "features" -> {
                    impression.putAllFeatures(JsonFeatures.read(json, field));
                    hasFeatures.set(true);
                }
                default -> json.skipChildren();
            }
        });
        Impression whole = EventRules.checked(impression.build());
        if (!hasFeatures.get()) {
            throw new MalformedEventException("features is missing. Send at least an empty object.");
        }
        return whole;
    }

    static Action action(byte[] message) throws MalformedEventException {
        Action.Builder action = Action.newBuilder().setValue(1);
        readObject(message, (json, field) -> {
            switch (field) {
                case "impression_id" -> action.setImpressionId(JsonFeatures.text(json, field));
                case "action" -> action.setAction(JsonFeatures.text(json, field));
                case "time_ms" -> action.setTimeMs(JsonFeatures.integer(json, field));
                case "value" -> action.setValue(JsonFeatures.number(json, field));
                default -> json.skipChildren();
            }
        });
        return EventRules.checked(action.build());
    }

    /** Takes one field that is not null; the parser stands at the first token of its value, and is left at the last. */
    private interface FieldReader {
        void read(JsonParser json, String field) throws IOException, MalformedEventException;
    }

    private static void readObject(byte[] message, FieldReader fields) throws MalformedEventException {
        try (JsonParser json = StrictJson.parser(message)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEventException("The message is no JSON object.");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_NULL) {
                    fields.read(json, field);
                }
            }
            if (json.nextToken() != null) {
                throw new MalformedEventException("Text follows the JSON object. Send one event a message.");
            }
        } catch (IOException notJson) {
            throw StrictJson.malformed(notJson);
        }
    }
}
