package io.freshet.store.table;

import io.freshet.contracts.pipeline.AdmissionConfig;
import io.freshet.store.admission.Decay;
import io.freshet.store.admission.ExactCounts;
import io.freshet.store.admission.SketchCounts;
import io.freshet.store.admission.TouchCounts;
import io.freshet.store.durable.DurableRows;
import java.util.BitSet;

/**
 * Which rows of a table are kept from now on: those that were touched often enough. The parts of a key group's counts are
 * values of that group, named {@code touches.<table>.<part>}.
 *
 * <p>Threads: one.
 */
final class TableAdmission {
    private final TableSpec spec;
    private final DurableRows durable;
    private final int maxParallelism;
    private final int after;

    /** By key group, made when the first row of the group waits. */
    private final TouchCounts[] counts;

    private final BitSet stale = new BitSet();
    private long notAdmitted;

    TableAdmission(TableSpec spec, DurableRows durable, int maxParallelism) {
        this.spec = spec;
        this.durable = durable;
        this.maxParallelism = maxParallelism;
        after = spec.config().admitAfter();
        counts = new TouchCounts[maxParallelism];
    }

    /** Whether rows have to wait at all. */
    boolean isOn() {
        return after > 1;
    }

    /** Touches a row that is not kept; true when it is from now on. */
    boolean admits(int keyGroup, long id, long clockMs) {
        if (after == 1) {
            return true;
        }
        TouchCounts ofGroup = counts(keyGroup);
        stale.set(keyGroup);
        if (ofGroup.touch(id, clockMs) < after) {
            notAdmitted++;
            return false;
        }
        ofGroup.forget(id);
        return true;
    }

    /** Gradients that were dropped since the start. */
    long notAdmitted() {
        return notAdmitted;
    }

    /** See {@link TouchCounts#errorBound}; the largest of all key groups. */
    double errorBound() {
        double bound = 0;
        for (TouchCounts ofGroup : counts) {
            bound = Math.max(bound, ofGroup == null ? 0 : ofGroup.errorBound());
        }
        return bound;
    }

    /** Brings the state up to date. */
    void store() {
        stale.stream()
                .forEach(group -> counts[group].store((part, value) -> durable.putMetadata(group, name(part), value)));
        stale.clear();
    }

    private TouchCounts counts(int keyGroup) {
        if (counts[keyGroup] == null) {
            AdmissionConfig config = spec.config().admission();
            Decay decay = new Decay(config.decay().toMillis());
            counts[keyGroup] = config.counting() == AdmissionConfig.Counting.SKETCH
                    ? new SketchCounts(config.memory() / maxParallelism, decay)
                    : new ExactCounts(decay);
            counts[keyGroup].restore(part -> durable.metadata(keyGroup, name(part)));
        }
        return counts[keyGroup];
    }

    private String name(int part) {
        return "touches." + spec.name() + "." + part;
    }
}
