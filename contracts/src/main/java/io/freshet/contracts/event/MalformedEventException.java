package io.freshet.contracts.event;

/**
 * A message that is no event. The message names the field. An expected outcome of reading what others send, so it
 * carries no stack.
 */
public final class MalformedEventException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message which field is wrong, its value, and what it should be */
    public MalformedEventException(String message) {
        super(message, null, false, false);
    }
}
