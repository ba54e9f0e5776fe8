package io.freshet.model.score;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.freshet.model.engine.ScriptModule;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The dense weights of a version on a scorer's device. Counts its users, the loader being the first; the memory goes when the last one
 * leaves. Thread-safe.
 */
public final class DenseWeights implements AutoCloseable {
    private final ScriptModule module;
    private final NDList arguments;
    private final Runnable free;
    private final AtomicInteger users = new AtomicInteger(1);

    private DenseWeights(ScriptModule module, NDList arguments, Runnable free) {
        this.module = module;
        this.arguments = arguments;
        this.free = free;
    }

    /** A vector, as first argument of a module that all versions share. */
    static DenseWeights of(ScriptModule shared, NDManager manager, float[] values) {
        return new DenseWeights(shared, new NDList(manager.create(values)), manager::close);
    }

    /** A module that has its weights with it. */
    static DenseWeights inside(ScriptModule own) {
        return new DenseWeights(own, new NDList(), own::close);
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
            free.run();
        } else if (left < 0) {
            users.incrementAndGet();
            throw new IllegalStateException("These weights were closed more often than they were retained.");
        }
    }

    /** What scores with these weights. */
    ScriptModule module() {
        return module;
    }

    /** The arguments before the features. */
    NDList arguments() {
        return arguments;
    }
}
