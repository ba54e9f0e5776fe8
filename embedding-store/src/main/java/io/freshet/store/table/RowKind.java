package io.freshet.store.table;

import io.freshet.contracts.pipeline.Migration;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import io.freshet.store.optimizer.RowShape;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a table's rows are: their weights, and the optimizer whose state they carry.
 *
 * <p>Threads: immutable, any thread.
 */
public record RowKind(RowShape weights, Type optimizer) {
    /** What the rows of a table are today. */
    public static RowKind of(TableSpec table) {
        return new RowKind(table.shape(), table.optimizer().type());
    }

    /** What has to be allowed before rows of this kind may become rows of a table; empty when they are that already. */
    Set<Migration> migrationsTo(TableSpec table) {
        Set<Migration> needed = EnumSet.noneOf(Migration.class);
        int more = table.dimension() - weights.dimension();
        int moreBias = (table.wide() ? 1 : 0) - (weights.wide() ? 1 : 0);
        if (more > 0 || moreBias > 0) {
            needed.add(Migration.WIDEN);
        }
        if (more < 0 || moreBias < 0) {
            needed.add(Migration.NARROW);
        }
        if (optimizer != table.optimizer().type()) {
            needed.add(Migration.RESET_OPTIMIZER);
        }
        return needed;
    }

    /**
     * Refuses to make rows of this kind a table's where its pipeline file does not allow it.
     *
     * @param where begins the message: which rows these are
     * @throws IllegalStateException that says what to allow
     */
    public void requireAllowed(TableSpec table, String where) {
        Set<Migration> missing = migrationsTo(table);
        missing.removeAll(table.config().migrate());
        if (!missing.isEmpty()) {
            String words = missing.stream()
                    .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", "));
            throw new IllegalStateException(
                    ("%s %s, but a row of this table has %s. Add %s to tables.%s.migrate in the pipeline file to have "
                                    + "stored rows changed; or set dimension, ranker.wide and optimizer.type back; or give "
                                    + "the table a new name.")
                            .formatted(where, describe(), RowKind.of(table).describe(), words, table.name()));
        }
    }

    /** For people. */
    String describe() {
        return "%d floats of embedding, %s bias and %s state"
                .formatted(weights.dimension(), weights.wide() ? "a" : "no", optimizer);
    }
}
