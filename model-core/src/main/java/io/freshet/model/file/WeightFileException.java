package io.freshet.model.file;

/** A file of weights cannot be used. The message says which file, what is wrong with it, and what to do. */
public final class WeightFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with a file, as a sentence. */
    public WeightFileException(String file, String problem) {
        super(file + ": " + problem);
    }
}
