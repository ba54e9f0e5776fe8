package io.freshet.benchmarks.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON object that a benchmark prints as its last line: keys in the order in which they were added. */
public final class ResultLine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Adds a number, rounded to so many significant digits; what is no number becomes null. */
    public ResultLine add(String key, double value, int digits) {
        values.put(key, rounded(value, digits));
        return this;
    }

    /** Adds a count, a text, a list or a map as it is. */
    public ResultLine add(String key, Object value) {
        values.put(key, value);
        return this;
    }

    /** A number of so many significant digits, or null for NaN and infinity, which JSON does not have. */
    public static BigDecimal rounded(double value, int digits) {
        return Double.isFinite(value)
                ? new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN))
                : null;
    }

    /** What was added so far. */
    public Map<String, Object> values() {
        return values;
    }

    /** The object on one line. */
    @Override
    public String toString() {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers, texts, lists and maps can be written.", e);
        }
    }
}
