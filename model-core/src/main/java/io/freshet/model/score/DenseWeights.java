package io.freshet.model.score;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A dense vector on a scorer's device. Counts its users, the loader being the first; the memory goes when the last one
 * leaves. Thread-safe.
 */
public final class DenseWeights implements AutoCloseable {
    private final NDManager manager;
    private final NDArray dense;
    private final AtomicInteger users = new AtomicInteger(1);

    DenseWeights(NDManager manager, float[] values) {
        this.manager = manager;
        dense = manager.create(values);
    }

    /** Adds a user, who must {@link #close}; false when the memory is gone already. */
    public boolean retain() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /**
     * One user leaves.
     *
     * @throws IllegalStateException if more have left than came
     */
    @Override
    public void close() {
        int left = users.decrementAndGet();
        if (left == 0) {
            manager.close();
        } else if (left < 0) {
            users.incrementAndGet();
            throw new IllegalStateException("These weights were closed more often than they were retained.");
        }
    }

    NDArray dense() {
        return dense;
    }
}
