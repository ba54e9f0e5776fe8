package io.freshet.contracts.event;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import java.util.Map;

/** What every event must satisfy, whatever format it came in. */
final class EventRules {
    /** The end of the year 9999; keeps sums of times and windows far from overflow. */
    static final long TIME_MS_MAX = 253_402_300_799_999L;

    private EventRules() {}

    static Impression checked(Impression impression) throws MalformedEventException {
        checkNotEmpty("impression_id", impression.getImpressionId());
        checkTime(impression.getTimeMs());
        for (Map.Entry<String, FeatureValue> feature :
                impression.getFeaturesMap().entrySet()) {
            if (feature.getValue().hasNumber()) {
                checkFinite("features." + feature.getKey(), feature.getValue().getNumber());
            }
        }
        return impression;
    }

    static Action checked(Action action) throws MalformedEventException {
        checkNotEmpty("impression_id", action.getImpressionId());
        checkNotEmpty("action", action.getAction());
        checkTime(action.getTimeMs());
        checkFinite("value", action.getValue());
        return action;
    }

    /** As {@link #checked(Impression)}, for events of our own making. */
    static Impression required(Impression impression) {
        try {
            return checked(impression);
        } catch (MalformedEventException wrong) {
            throw new IllegalArgumentException("No valid impression: " + wrong.getMessage(), wrong);
        }
    }

    /** As {@link #checked(Action)}, for events of our own making. */
    static Action required(Action action) {
        try {
            return checked(action);
        } catch (MalformedEventException wrong) {
            throw new IllegalArgumentException("No valid action: " + wrong.getMessage(), wrong);
        }
    }

    private static void checkNotEmpty(String field, String text) throws MalformedEventException {
        if (text.isEmpty()) {
            throw new MalformedEventException(field + " is missing or empty.");
        }
    }

    private static void checkTime(long timeMs) throws MalformedEventException {
        if (timeMs <= 0 || timeMs > TIME_MS_MAX) {
            throw new MalformedEventException("time_ms is " + (timeMs == 0 ? "missing or 0" : timeMs)
                    + ", but must be milliseconds since 1970, above 0 and before the year 10000.");
        }
    }

    private static void checkFinite(String field, double number) throws MalformedEventException {
        if (!Double.isFinite(number)) {
            throw new MalformedEventException(field + " is " + number + ", but must be a finite number.");
        }
    }
}
