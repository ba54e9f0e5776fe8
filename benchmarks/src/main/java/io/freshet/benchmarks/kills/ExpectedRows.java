package io.freshet.benchmarks.kills;

import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What rows must be after so many operations, kept as simply as can be: maps of rows, and sets of those that have changed
 * or may not have arrived with the version they left with. Of the code under test it uses the hash of ids, key groups and
 * initial values, which have tests of their own.
 */
final class ExpectedRows implements Operations.Target {
    private final Stream stream;
    private final List<TableSpec> specs;
    private final List<ExpectedTable> tables;
    private final Set<RowName> changed = new HashSet<>();
    private final Map<RowName, Long> lastChanges = new HashMap<>();
    private final Set<RowName> uncommitted = new HashSet<>();

    /** Versions that have been cut and are not known to have arrived, and those that are since they were last taken. */
    private final List<Long> pending = new ArrayList<>();

    private final List<Long> arrived = new ArrayList<>();
    private long clockMs = Long.MIN_VALUE;
    private long done;

    /** Which row. */
    record RowName(int table, long id) {}

    /** What does the operation of a number. */
    @FunctionalInterface
    interface Stream {
        void run(long number, Operations.Target target);
    }

    ExpectedRows(Stream stream, List<TableSpec> specs) {
        this.stream = stream;
        this.specs = specs;
        tables = specs.stream()
                .map(spec -> new ExpectedTable(spec, KillTables.KEY_GROUPS))
                .toList();
    }

    /** Goes on to where so many operations are done; there is no way back. */
    void advance(long operationsDone) {
        if (operationsDone < done) {
            throw new IllegalStateException("%d operations were restored, but %d had survived an earlier kill."
                    .formatted(operationsDone, done));
        }
        for (; done < operationsDone; done++) {
            stream.run(done, this);
        }
    }

    @Override
    public void apply(int table, long[] ids, float[] gradients, long eventTimeMs) {
        clockMs = Math.max(clockMs, eventTimeMs);
        tables.get(table).settle(clockMs);
        for (int i = 0; i < ids.length; i++) {
            float[] gradient =
                    ExpectedTable.slice(gradients, i, specs.get(table).width());
            if (tables.get(table).step(ids[i], gradient, eventTimeMs, clockMs)) {
                changed.add(new RowName(table, ids[i]));
                lastChanges.put(new RowName(table, ids[i]), done);
            }
        }
    }

    @Override
    public void checkpoint() {
        uncommitted.addAll(changed);
        changed.clear();
        pending.add(done + 1);
    }

    @Override
    public void committed() {
        uncommitted.clear();
        arrived.addAll(pending);
        pending.clear();
    }

    /**
     * What a restore does: rows of versions that may not have arrived count as changed again.
     *
     * @param luckyVersions so many of the versions that may not have arrived have
     * @return versions that have arrived since the last restore
     */
    List<Long> restored(int luckyVersions) {
        changed.addAll(uncommitted);
        uncommitted.clear();
        arrived.addAll(pending.subList(0, Math.min(luckyVersions, pending.size())));
        pending.clear();
        List<Long> taken = List.copyOf(arrived);
        arrived.clear();
        return taken;
    }

    /** Rows that have changed since the last version; some may have expired since. */
    Set<RowName> changed() {
        return changed;
    }

    /** Rows that have changed with this operation or a later one; some may have expired since. */
    Set<RowName> changedSince(long operation) {
        Set<RowName> since = new HashSet<>();
        lastChanges.forEach((name, last) -> {
            if (last >= operation) {
                since.add(name);
            }
        });
        return since;
    }

    /** Rows that live. */
    Set<RowName> names() {
        Set<RowName> names = new HashSet<>();
        for (TableSpec spec : specs) {
            tables.get(spec.index()).ids().forEach(id -> names.add(new RowName(spec.index(), id)));
        }
        return names;
    }

    /** Whether a row once lived and does not now: it may still be stored. */
    boolean isGone(RowName name) {
        return tables.get(name.table()).isGone(name.id());
    }

    /** A row that lives, or null. */
    StoredRow row(RowName name) {
        return tables.get(name.table()).row(name.id());
    }
}
