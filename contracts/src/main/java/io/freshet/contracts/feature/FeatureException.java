package io.freshet.contracts.feature;

/** A feature whose value does not fit its slot. An expected outcome of reading events, so it carries no stack. */
public final class FeatureException extends Exception {
    private static final long serialVersionUID = 1;

    private final String field;

    /**
     * @param field name of the feature
     * @param message what is wrong with its value, and what fits; without the name
     */
    public FeatureException(String field, String message) {
        super("Feature '" + field + "' " + message, null, false, false);
        this.field = field;
    }

    /** Name of the feature. */
    public String field() {
        return field;
    }
}
