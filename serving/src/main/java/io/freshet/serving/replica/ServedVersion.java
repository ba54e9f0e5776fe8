package io.freshet.serving.replica;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.model.score.DenseWeights;
import io.freshet.store.replica.Snapshot;

/**
 * A version of the model as requests use it: its rows and its dense weights, which nobody ever exchanges singly.
 *
 * <p>Whoever got it from {@link ModelReplica#acquire} must {@link #close} it once. Threads: any.
 */
public final class ServedVersion implements AutoCloseable {
    private final VersionRecord record;
    private final Snapshot rows;
    private final DenseWeights dense;
    private final long liveSinceMs;
    private final long order;

    /**
     * A version.
     *
     * @param liveSinceMs wall clock when it went live
     * @param order how many versions went live before it on this server
     */
    ServedVersion(VersionRecord record, Snapshot rows, DenseWeights dense, long liveSinceMs, long order) {
        this.record = record;
        this.rows = rows;
        this.dense = dense;
        this.liveSinceMs = liveSinceMs;
        this.order = order;
    }

    /** Its name. */
    public VersionId id() {
        return record.getVersion();
    }

    /** What the trainer says about it. */
    public VersionRecord record() {
        return record;
    }

    /** Its rows. */
    public Snapshot rows() {
        return rows;
    }

    /** Its dense weights, valid until {@link #close}. */
    public DenseWeights dense() {
        return dense;
    }

    /** Wall clock when it went live, milliseconds since the epoch. */
    public long liveSinceMs() {
        return liveSinceMs;
    }

    long order() {
        return order;
    }

    boolean retain() {
        return dense.retain();
    }

    /** Lets the version go; it is freed when it is no longer live and everybody has. */
    @Override
    public void close() {
        dense.close();
    }
}
