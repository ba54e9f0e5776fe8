package io.freshet.contracts.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.TokenList;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the features of an event, or of a scoring request, out of JSON; {@link JsonEvents} has the form. Works on any
 * parser, so a tree is read by its {@code traverse()}. Threads: stateless.
 */
public final class JsonFeatures {
    private JsonFeatures() {}

    /**
     * Reads one object, in its order.
     *
     * @param json at the object's first token; afterwards at its last
     * @param path of the object in the message, begins the name of a field that is wrong
     * @throws MalformedEventException naming the field that is wrong
     * @throws IOException of the parser, when the text is no JSON
     */
    public static Map<String, FeatureValue> read(JsonParser json, String path)
            throws IOException, MalformedEventException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new MalformedEventException(path + " is " + shown(json) + ", but must be an object.");
        }
        Map<String, FeatureValue> features = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = path + "." + json.currentName();
            String name = wellFormed(json.currentName(), field);
            if (json.nextToken() != JsonToken.VALUE_NULL) {
                features.put(name, value(json, field));
            }
        }
        return features;
    }

    private static FeatureValue value(JsonParser json, String field) throws IOException, MalformedEventException {
        FeatureValue.Builder value = FeatureValue.newBuilder();
        switch (json.currentToken()) {
            case VALUE_STRING -> value.setText(wellFormed(json.getText(), field));
            case VALUE_TRUE, VALUE_FALSE -> value.setText(json.getText());
            case VALUE_NUMBER_INT -> value.setInteger(integer(json, field));
            case VALUE_NUMBER_FLOAT -> value.setNumber(number(json, field));
            case START_ARRAY -> value.setTokens(tokens(json, field));
            default ->
                throw new MalformedEventException(
                        field + " is " + shown(json) + ", but must be a text, a number, a boolean or a list.");
        }
        return value.build();
    }

    private static TokenList tokens(JsonParser json, String field) throws IOException, MalformedEventException {
        TokenList.Builder tokens = TokenList.newBuilder();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String item = field + "[" + tokens.getValuesCount() + "]";
            tokens.addValues(
                    switch (json.currentToken()) {
                        case VALUE_STRING -> wellFormed(json.getText(), item);
                        case VALUE_TRUE, VALUE_FALSE -> json.getText();
                        case VALUE_NUMBER_INT -> Long.toString(integer(json, item));
                        default ->
                            throw new MalformedEventException(
                                    item + " is " + shown(json) + ", but must be a text, an integer or a boolean.");
                    });
        }
        return tokens.build();
    }

    static long integer(JsonParser json, String field) throws IOException, MalformedEventException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new MalformedEventException(field + " is " + shown(json) + ", but must be an integer.");
        }
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new MalformedEventException(
                    field + " is an integer of more than 64 bits. Send one that fits, or a text.");
        }
        return json.getLongValue();
    }

    static double number(JsonParser json, String field) throws IOException, MalformedEventException {
        if (!json.currentToken().isNumeric()) {
            throw new MalformedEventException(field + " is " + shown(json) + ", but must be a number.");
        }
        double number = json.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw new MalformedEventException(field + " is larger than any 64-bit float. Send a smaller number.");
        }
        return number;
    }

    static String text(JsonParser json, String field) throws IOException, MalformedEventException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new MalformedEventException(field + " is " + shown(json) + ", but must be a text.");
        }
        return wellFormed(json.getText(), field);
    }

    /** Half a surrogate pair has no UTF-8: two such texts would become one. */
    private static String wellFormed(String text, String field) throws MalformedEventException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                throw new MalformedEventException(field + " holds half a surrogate pair, which is no character.");
            }
            i++;
        }
        return text;
    }

    private static String shown(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + abbreviated(json.getText());
            default -> json.getText();
        };
    }

    private static String abbreviated(String number) {
        return number.length() <= 40 ? number : number.substring(0, 40) + "...";
    }
}
