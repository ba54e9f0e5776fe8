package io.freshet.serving.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.contracts.event.JsonFeatures;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.StrictJson;
import io.freshet.contracts.event.proto.FeatureValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the body of a scoring request; features have the form that they have in events. Threads: any. */
final class ScoreRequestReader {
    private final int candidatesMax;

    ScoreRequestReader(int candidatesMax) {
        this.candidatesMax = candidatesMax;
    }

    /** Reads a JSON object in UTF-8. */
    ScoreRequest read(byte[] body) throws BadRequestException {
        try (JsonParser json = StrictJson.parser(body)) {
            return read(json);
        } catch (MalformedEventException e) {
            throw new BadRequestException("", e.getMessage());
        } catch (IOException e) {
            throw new BadRequestException("", StrictJson.malformed(e).getMessage());
        }
    }

    private ScoreRequest read(JsonParser json) throws BadRequestException, IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new BadRequestException("", "The body must be a JSON object with features and candidates.");
        }
        Map<String, FeatureValue> features = Map.of();
        List<Map<String, FeatureValue>> candidates = List.of();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "features" -> features = features(json, field);
                case "candidates" -> candidates = candidates(json);
                default ->
                    throw new BadRequestException(field, field + " is unknown; a request has features and candidates.");
            }
        }
        if (json.nextToken() != null) {
            throw new BadRequestException("", "Text follows the JSON object. Send one request at a time.");
        }
        if (candidates.isEmpty()) {
            throw new BadRequestException("candidates", "candidates is missing or empty. Send at least one.");
        }
        return new ScoreRequest(features, candidates);
    }

    private List<Map<String, FeatureValue>> candidates(JsonParser json) throws BadRequestException, IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadRequestException("candidates", "candidates must be a list of objects.");
        }
        List<Map<String, FeatureValue>> candidates = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (candidates.size() == candidatesMax) {
                throw new BadRequestException(
                        "candidates",
                        "candidates has more than %d entries. Send several requests.".formatted(candidatesMax));
            }
            candidates.add(features(json, "candidates[" + candidates.size() + "]"));
        }
        return candidates;
    }

    private static Map<String, FeatureValue> features(JsonParser json, String path)
            throws BadRequestException, IOException {
        try {
            return JsonFeatures.read(json, path);
        } catch (MalformedEventException e) {
            throw new BadRequestException(path(json.getParsingContext()), e.getMessage());
        }
    }

    /** Where a parser stands, as {@code candidates[3].genres[1]}. */
    private static String path(JsonStreamContext at) {
        if (at.inRoot()) {
            return "";
        }
        String parent = path(at.getParent());
        if (at.inArray()) {
            return at.hasCurrentIndex() ? parent + "[" + at.getCurrentIndex() + "]" : parent;
        }
        if (at.getCurrentName() == null) {
            return parent;
        }
        return parent.isEmpty() ? at.getCurrentName() : parent + "." + at.getCurrentName();
    }
}
