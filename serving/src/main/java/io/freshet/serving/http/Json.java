package io.freshet.serving.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.freshet.contracts.update.proto.VersionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Answers in JSON. Threads: any. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Writes the content of an object. */
    interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    static HttpResponse object(HttpStatus status, Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot fail to be written to", e);
        }
        return HttpResponse.of(status, MediaType.JSON_UTF_8, HttpData.wrap(bytes.toByteArray()));
    }

    /** An error, without a field if that is empty. */
    static HttpResponse error(HttpStatus status, String field, String message) {
        return object(status, json -> {
            json.writeStringField("error", message);
            if (!field.isEmpty()) {
                json.writeStringField("field", field);
            }
        });
    }

    static void version(JsonGenerator json, VersionId version) throws IOException {
        json.writeStringField("lineage", version.getLineage());
        json.writeNumberField("sequence", version.getSequence());
        json.writeNumberField("checkpoint_id", version.getCheckpointId());
    }
}
