package io.freshet.contracts.event;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Writes events in the form that {@link JsonEvents} reads, on one line. */
final class JsonEventWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonEventWriter() {}

    static byte[] write(Impression impression) {
        EventRules.required(impression);
        return object(json -> {
            json.writeStringField("impression_id", impression.getImpressionId());
            json.writeNumberField("time_ms", impression.getTimeMs());
            json.writeObjectFieldStart("features");
            for (Map.Entry<String, FeatureValue> feature :
                    impression.getFeaturesMap().entrySet()) {
                writeFeature(json, feature.getKey(), feature.getValue());
            }
            json.writeEndObject();
        });
    }

    static byte[] write(Action action) {
        EventRules.required(action);
        return object(json -> {
            json.writeStringField("impression_id", action.getImpressionId());
            json.writeStringField("action", action.getAction());
            json.writeNumberField("time_ms", action.getTimeMs());
            if (action.hasValue()) {
                json.writeNumberField("value", action.getValue());
            }
        });
    }

    private static void writeFeature(JsonGenerator json, String name, FeatureValue value) throws IOException {
        switch (value.getKindCase()) {
            case TEXT -> json.writeStringField(name, value.getText());
            case INTEGER -> json.writeNumberField(name, value.getInteger());
            case NUMBER -> json.writeNumberField(name, value.getNumber());
            case TOKENS -> {
                json.writeArrayFieldStart(name);
                for (String token : value.getTokens().getValuesList()) {
                    json.writeString(token);
                }
                json.writeEndArray();
            }
            case KIND_NOT_SET -> {
                // Absent is written as nothing at all.
            }
        }
    }

    private interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException wrong) {
            throw new UncheckedIOException("The event cannot be written as JSON", wrong);
        }
        return bytes.toByteArray();
    }
}
