package io.freshet.flink.rows;

/** Rows could not be read from their owner. The trainer's task fails, and Flink restarts the job from its checkpoint. */
public final class RowReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RowReadException(String message, Throwable cause) {
        super(message, cause);
    }
}
