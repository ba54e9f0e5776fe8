package io.freshet.model.score;

/** A dense vector on a scorer's device. Counts its users; the memory goes when the last one leaves. Thread-safe. */
public final class DenseWeights implements AutoCloseable {
    /** Adds a user, who must {@link #close}; false when the memory is already gone. */
    public boolean retain() {
        throw new UnsupportedOperationException();
    }

    /** One user leaves; the loader is the first user. */
    @Override
    public void close() {}
}
