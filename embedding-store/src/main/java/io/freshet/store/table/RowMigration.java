package io.freshet.store.table;

import io.freshet.contracts.pipeline.Migration;
import io.freshet.store.optimizer.RowOptimizer;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fits stored rows to a table that has changed since they were written, as far as its pipeline file allows it. A function
 * of the stored row alone: whoever reads it, and however often, gets the same bits.
 *
 * <p>Threads: immutable, any thread.
 */
final class RowMigration {
    private final TableSpec table;
    private final RowLayout layout;
    private final RowInitializer initializer;
    private final RowOptimizer optimizer;

    RowMigration(TableSpec table) {
        this.table = table;
        layout = table.layout();
        initializer = new RowInitializer(table);
        optimizer = RowOptimizer.of(table.optimizer(), table.shape());
    }

    /**
     * Reads weights, then optimizer state, of a row of any shape.
     *
     * @param value from position to limit, little-endian
     * @param out gets them from {@code at} on
     * @throws IllegalStateException when the row is no row, or needs what is not allowed
     */
    void read(long id, ByteBuffer value, float[] out, int at) {
        StoredShape stored = StoredShape.of(table, id, value);
        requireAllowed(id, stored);
        int width = stored.weights().width();
        float[] storedFloats = new float[width + stored.stateFloats()];
        StoredShape.floats(value, stored.floatsAt(), storedFloats, 0, storedFloats.length);

        initializer.fill(id, out, at);
        stored.weights().copyShared(storedFloats, 0, table.shape(), out, at);
        float[] state = new float[layout.stateFloats()];
        optimizer.initialise(out, at, state, 0);
        if (stored.optimizer() == table.optimizer().type()) {
            float[] storedState = new float[stored.stateFloats()];
            System.arraycopy(storedFloats, width, storedState, 0, storedState.length);
            optimizer.carry(storedState, stored.weights(), state);
        }
        System.arraycopy(state, 0, out, at + layout.width(), state.length);
    }

    private void requireAllowed(long id, StoredShape stored) {
        Set<Migration> missing = needed(stored);
        missing.removeAll(table.config().migrate());
        if (!missing.isEmpty()) {
            String words = missing.stream()
                    .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", "));
            throw new IllegalStateException(
                    ("Table '%s', id %d: the stored row has %s, but a row of this table has %s. Add %s to "
                                    + "tables.%s.migrate in the pipeline file to have stored rows changed; or set "
                                    + "dimension, ranker.wide and optimizer.type back; or give the table a new name.")
                            .formatted(
                                    table.name(),
                                    id,
                                    stored.describe(),
                                    StoredShape.of(table).describe(),
                                    words,
                                    table.name()));
        }
    }

    private Set<Migration> needed(StoredShape stored) {
        Set<Migration> needed = EnumSet.noneOf(Migration.class);
        int more = table.dimension() - stored.weights().dimension();
        int moreBias = (table.wide() ? 1 : 0) - (stored.weights().wide() ? 1 : 0);
        if (more > 0 || moreBias > 0) {
            needed.add(Migration.WIDEN);
        }
        if (more < 0 || moreBias < 0) {
            needed.add(Migration.NARROW);
        }
        if (stored.optimizer() != table.optimizer().type()) {
            needed.add(Migration.RESET_OPTIMIZER);
        }
        return needed;
    }
}
