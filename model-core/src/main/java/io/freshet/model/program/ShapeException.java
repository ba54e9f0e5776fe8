package io.freshet.model.program;

/** Thrown while a program is built: some tensors do not fit. The message names the layer, the line and the shapes. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ShapeException(String message) {
        super(message);
    }
}
