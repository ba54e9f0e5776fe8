package io.freshet.contracts.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON with nothing let pass: invalid UTF-8, duplicate keys and deep nesting are errors. Threads: stateless. */
public final class StrictJson {
    private static final int NESTING_MAX = 16;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from outside: were each kept for good, made-up ones would fill the memory.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
            .build();

    private StrictJson() {}

    /**
     * A parser before its first token.
     *
     * @throws MalformedEventException when the bytes are not UTF-8
     */
    public static JsonParser parser(byte[] utf8) throws MalformedEventException {
        String text;
        try {
            // Decoded here, because Jackson guesses among encodings and lets some invalid sequences pass.
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new MalformedEventException("The message is not valid UTF-8.");
        }
        try {
            return FACTORY.createParser(text);
        } catch (IOException wrong) {
            throw malformed(wrong);
        }
    }

    /** What a parser's exception says, as one of ours. */
    public static MalformedEventException malformed(IOException cause) {
        if (cause instanceof JsonProcessingException json) {
            JsonLocation at = json.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            return new MalformedEventException(
                    "The message is not valid JSON" + where + ": " + json.getOriginalMessage());
        }
        return new MalformedEventException("The message is not valid JSON: " + cause.getMessage());
    }
}
