package io.freshet.benchmarks.kills;

import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What rows must be after so many operations, kept as simply as can be: a map per table, Adagrad written out, and sets of
 * the rows that have changed or may not have arrived with the version they left with.
 */
final class ExpectedRows implements Operations.Target {
    private static final float EPSILON = 1e-10f;

    private final Operations operations;
    private final List<TableSpec> specs;
    private final List<RowInitializer> initializers;
    private final List<Map<Long, Row>> tables = new ArrayList<>();
    private final Set<RowName> changed = new HashSet<>();
    private final Set<RowName> uncommitted = new HashSet<>();
    private long done;

    /** Which row. */
    record RowName(int table, long id) {}

    ExpectedRows(Operations operations, List<TableSpec> specs) {
        this.operations = operations;
        this.specs = specs;
        initializers = specs.stream().map(RowInitializer::new).toList();
        specs.forEach(spec -> tables.add(new HashMap<>()));
    }

    private static final class Row {
        private long lastUpdateMs;
        private long touches;
        private final float[] weights;
        private final float[] squares;

        Row(float[] weights, float firstSquare) {
            this.weights = weights;
            squares = new float[weights.length];
            Arrays.fill(squares, firstSquare);
        }
    }

    /** Goes on to where so many operations are done; there is no way back. */
    void advance(long operationsDone) {
        if (operationsDone < done) {
            throw new IllegalStateException("%d operations were restored, but %d had survived an earlier kill."
                    .formatted(operationsDone, done));
        }
        for (; done < operationsDone; done++) {
            operations.run(done, this);
        }
    }

    @Override
    public void apply(int table, long[] ids, float[] gradients, long eventTimeMs) {
        TableSpec spec = specs.get(table);
        float rate = (float) spec.optimizer().learningRate();
        for (int i = 0; i < ids.length; i++) {
            Row row = tables.get(table).computeIfAbsent(ids[i], id -> fresh(table, id));
            for (int column = 0; column < spec.width(); column++) {
                float gradient = gradients[i * spec.width() + column];
                row.squares[column] += gradient * gradient;
                row.weights[column] -= rate * gradient / ((float) Math.sqrt(row.squares[column]) + EPSILON);
            }
            row.lastUpdateMs = Math.max(row.lastUpdateMs, eventTimeMs);
            row.touches++;
            changed.add(new RowName(table, ids[i]));
        }
    }

    private Row fresh(int table, long id) {
        float[] weights = new float[specs.get(table).width()];
        initializers.get(table).fill(id, FloatBuffer.wrap(weights), 0);
        return new Row(weights, (float) specs.get(table).optimizer().initialAccumulator());
    }

    @Override
    public void checkpoint() {
        uncommitted.addAll(changed);
        changed.clear();
    }

    @Override
    public void committed() {
        uncommitted.clear();
    }

    /** What a restore does: rows of versions that may not have arrived count as changed again. */
    void restored() {
        changed.addAll(uncommitted);
        uncommitted.clear();
    }

    /** Rows that have changed since the last version. */
    Set<RowName> changed() {
        return changed;
    }

    /** Ids of the rows of a table that are stored. */
    Iterable<Long> ids(int table) {
        return tables.get(table).keySet();
    }

    /** Rows of all tables. */
    int count() {
        return tables.stream().mapToInt(Map::size).sum();
    }

    /** A row that is stored. */
    StoredRow row(int table, long id) {
        Row row = tables.get(table).get(id);
        return new StoredRow(row.lastUpdateMs, row.touches, row.weights, row.squares);
    }
}
