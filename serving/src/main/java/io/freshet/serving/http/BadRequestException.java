package io.freshet.serving.http;

/** A request that cannot be answered. An expected outcome of reading what others send, so it carries no stack. */
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final String field;

    /**
     * What is wrong.
     *
     * @param field of the request; empty if it is none in particular
     */
    BadRequestException(String field, String message) {
        super(message, null, false, false);
        this.field = field;
    }

    String field() {
        return field;
    }
}
