package io.freshet.serving.replica;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.model.score.DenseWeights;
import io.freshet.serving.follow.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the live version by one pointer.
 *
 * <p>Threads: {@link #goLive} and {@link #close} by one thread at a time, everything else by any number.
 */
public final class ModelReplica implements AutoCloseable {
    /** How many versions {@link #history} tells about. */
    public static final int HISTORY = 20;

    private static final Logger LOG = LoggerFactory.getLogger(ModelReplica.class);

    private final Function<float[], DenseWeights> loader;
    private final EventToServed eventToServed;
    private final AtomicReference<ServedVersion> live = new AtomicReference<>();
    private final Deque<PastVersion> history = new ArrayDeque<>();
    private volatile long versionsServed;

    /**
     * A replica without a version.
     *
     * @param loader brings a dense vector to where scoring happens
     * @param eventToServed is told which examples a version has learnt from
     */
    public ModelReplica(Function<float[], DenseWeights> loader, EventToServed eventToServed) {
        this.loader = loader;
        this.eventToServed = eventToServed;
    }

    /** Replaces the live version. Requests under way finish with the one they have. */
    public void goLive(Outcome.Whole whole) {
        long now = System.currentTimeMillis();
        ServedVersion before = live.get();
        boolean repair = before != null && before.id().equals(whole.record().getVersion());
        long order = versionsServed + (repair ? 0 : 1);
        ServedVersion next = new ServedVersion(whole.record(), whole.rows(), loader.apply(whole.dense()), now, order);
        eventToServed.wentLive(order, whole.covered());
        live.set(next);
        versionsServed = order;
        if (before != null) {
            before.close();
        }
        if (!repair) {
            remember(new PastVersion(whole.record(), whole.rows().rows(), now));
        }
        VersionId id = next.id();
        LOG.info(
                "Version {} (lineage {}, sequence {}) is {}: {} rows, cut {} ms ago",
                id.getCheckpointId(),
                id.getLineage(),
                id.getSequence(),
                repair ? "live again" : "live",
                whole.rows().rows(),
                now - whole.record().getCutAtMs());
    }

    /** The live version, held for the caller, who must close it; empty before the first. */
    public Optional<ServedVersion> acquire() {
        while (true) {
            ServedVersion version = live.get();
            if (version == null) {
                return Optional.empty();
            }
            if (version.retain()) {
                return Optional.of(version);
            }
            // It was replaced and freed between the two lines above: the pointer shows another one by now.
        }
    }

    /** The name of the live version. */
    public Optional<VersionId> liveId() {
        return Optional.ofNullable(live.get()).map(ServedVersion::id);
    }

    /** Milliseconds since the live version was cut; -1 without one. */
    public long liveAgeMs() {
        ServedVersion version = live.get();
        return version == null
                ? -1
                : System.currentTimeMillis() - version.record().getCutAtMs();
    }

    /** How many versions have gone live on this server. */
    public long versionsServed() {
        return versionsServed;
    }

    /** The last versions that went live, newest first. */
    public List<PastVersion> history() {
        synchronized (history) {
            return List.copyOf(history);
        }
    }

    private void remember(PastVersion version) {
        synchronized (history) {
            history.addFirst(version);
            if (history.size() > HISTORY) {
                history.removeLast();
            }
        }
    }

    /** Serves nothing any more. */
    @Override
    public void close() {
        ServedVersion last = live.getAndSet(null);
        if (last != null) {
            last.close();
        }
    }
}
