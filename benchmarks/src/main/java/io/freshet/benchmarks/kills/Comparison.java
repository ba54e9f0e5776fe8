package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.kills.ExpectedRows.RowName;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.table.ChangedRowConsumer;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares what was restored with the model, and what servers have with both. */
final class Comparison {
    /** More than it takes to look at all rows of a table. */
    private static final int SWEEPS = 400;

    private final ExpectedRows expected;
    private final Map<RowName, float[]> served = new HashMap<>();
    private long rowsCompared;

    /** Rows that live no more and of which the servers had been told so, over all kills. */
    private long tombstones;

    Comparison(ExpectedRows expected) {
        this.expected = expected;
    }

    long rowsCompared() {
        return rowsCompared;
    }

    long tombstones() {
        return tombstones;
    }

    /** A version has arrived at the servers. */
    ChangedRowConsumer servers() {
        return into(served);
    }

    private ChangedRowConsumer into(Map<RowName, float[]> rows) {
        return new ChangedRowConsumer() {
            @Override
            public void row(int keyGroup, int table, long id, float[] weights) {
                rows.put(new RowName(table, id), weights.clone());
            }

            @Override
            public void gone(int keyGroup, int table, long id) {
                tombstones += rows.remove(new RowName(table, id)) == null ? 0 : 1;
            }
        };
    }

    /** Every row that lives is there to the bit, and what else is stored has expired. */
    void rows(DurableRows durable, RowTables rows) {
        Set<RowName> live = expected.names();
        durable.forEach((table, id, value) -> {
            RowName name = new RowName(table, id);
            require(live.contains(name) || expected.isGone(name), "%s is stored, but never lived", name);
        });
        for (RowName name : live) {
            Optional<StoredRow> found = rows.peek(name.table(), name.id());
            StoredRow wanted = expected.row(name);
            require(found.equals(Optional.of(wanted)), "%s is %s, not %s", name, found, wanted);
            rowsCompared++;
        }
        durable.forEach((table, id, value) -> {
            RowName name = new RowName(table, id);
            require(
                    live.contains(name) || rows.peek(table, id).isEmpty(),
                    "%s has expired, but is there: %s",
                    name,
                    rows.peek(table, id));
        });
    }

    /**
     * The next version brings what has changed and no other live row, and once it has arrived the servers have every row
     * that lives; what they have beside these has expired and waits for a sweep.
     */
    void nextVersion(DurableRows durable, RowTables rows) {
        Version version = Version.drainedFrom(rows);
        Set<RowName> live = expected.names();
        Set<RowName> liveChanged = new HashSet<>(expected.changed());
        liveChanged.retainAll(live);
        requireSame(version.rows.keySet(), liveChanged, "the next version brings");
        for (RowName name : expected.changed()) {
            require(
                    live.contains(name) || version.gone.contains(name),
                    "%s expired, and the next version does not tell",
                    name);
        }
        for (RowName name : version.gone) {
            require(expected.isGone(name), "%s leaves as gone, but lives or never did", name);
        }
        Map<RowName, float[]> then = new HashMap<>(served);
        then.putAll(version.rows);
        then.keySet().removeAll(version.gone);
        compareServed(then, live, stored(durable));
    }

    /** The next version brings at least what has changed with an operation or after it, as it is now. */
    void nextVersionBrings(RowTables rows, long operation) {
        Version version = Version.drainedFrom(rows);
        for (RowName name : expected.changedSince(operation)) {
            StoredRow live = expected.row(name);
            require(
                    live == null ? version.gone.contains(name) : Arrays.equals(version.rows.get(name), live.weights()),
                    "%s has changed since operation %d and is now %s, but the next version brings %s",
                    name,
                    operation,
                    live,
                    Arrays.toString(version.rows.get(name)));
        }
    }

    /** What leaves with a version. */
    private record Version(Map<RowName, float[]> rows, Set<RowName> gone) {
        static Version drainedFrom(RowTables tables) {
            Version version = new Version(new HashMap<>(), new HashSet<>());
            tables.drainChanged(Long.MAX_VALUE, new ChangedRowConsumer() {
                @Override
                public void row(int keyGroup, int table, long id, float[] weights) {
                    version.rows.put(new RowName(table, id), weights.clone());
                }

                @Override
                public void gone(int keyGroup, int table, long id) {
                    version.gone.add(new RowName(table, id));
                }
            });
            return version;
        }
    }

    private void compareServed(Map<RowName, float[]> then, Set<RowName> live, Set<RowName> stored) {
        for (RowName name : live) {
            float[] weights = then.get(name);
            require(
                    Arrays.equals(weights, expected.row(name).weights()),
                    "%s is %s at the servers, not %s",
                    name,
                    Arrays.toString(weights),
                    expected.row(name));
        }
        for (RowName name : then.keySet()) {
            require(live.contains(name) || stored.contains(name), "%s stays with the servers for ever", name);
        }
    }

    /** All that has expired is swept: afterwards the live rows are stored and served, and no others. */
    void sweepAll(DurableRows durable, RowTables rows, long number) {
        // Late enough for every table's next sweep to begin, which may be an hour where rows go by number.
        long timeMs = Operations.timeMs(number) + 3_600_000;
        for (TableSpec spec : KillTables.specs()) {
            long[] id = {7};
            float[] gradient = new float[spec.width()];
            expected.apply(spec.index(), id, gradient, timeMs);
            rows.apply(spec.index(), id, 0, 1, gradient, 0, timeMs);
        }
        for (int i = 0; i < SWEEPS; i++) {
            rows.sweep(100);
        }
        rows.drainChanged(Long.MAX_VALUE, servers());
        rows.flush();
        requireSame(served.keySet(), expected.names(), "in the end the servers have");
        requireSame(stored(durable), expected.names(), "in the end what is stored are");
        rows(durable, rows);
    }

    private static Set<RowName> stored(DurableRows durable) {
        Set<RowName> stored = new HashSet<>();
        durable.forEach((table, id, value) -> stored.add(new RowName(table, id)));
        return stored;
    }

    private static void requireSame(Set<RowName> found, Set<RowName> wanted, String what) {
        Set<RowName> more = new HashSet<>(found);
        more.removeAll(wanted);
        Set<RowName> less = new HashSet<>(wanted);
        less.removeAll(found);
        require(
                more.isEmpty() && less.isEmpty(),
                "%s %d rows, not %d; too many are %s, missing are %s",
                what,
                found.size(),
                wanted.size(),
                more,
                less);
    }

    static void require(boolean holds, String otherwise, Object... values) {
        if (!holds) {
            throw new IllegalStateException(otherwise.formatted(values));
        }
    }
}
