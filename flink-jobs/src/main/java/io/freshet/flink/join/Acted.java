package io.freshet.flink.join;

import io.freshet.contracts.event.proto.Action;

/**
 * What somebody did.
 *
 * @param action its name
 * @param value what it is worth; the label of a regression
 */
public record Acted(String action, float value) {
    /** Worth 1 where the event says nothing; a value beyond 32-bit floats is taken for the largest of them. */
    static Acted of(Action action) {
        double value = action.hasValue() ? action.getValue() : 1;
        return new Acted(action.getAction(), (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value)));
    }
}
