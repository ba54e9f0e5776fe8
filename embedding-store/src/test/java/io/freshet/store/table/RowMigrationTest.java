package io.freshet.store.table;

import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.Migration;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.durable.TreeMapRows;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table whose rows were stored before the pipeline file changed. */
class RowMigrationTest {
    private static final long ID = 42;

    private final TreeMapRows durable = new TreeMapRows();
    private StoredRow before;

    @BeforeEach
    void aRowOfThreeAndABiasIsStored() {
        before = train(table(3, true, Type.ADAGRAD));
    }

    @Test
    void withoutMigrationARowIsRefusedWithWhatToAllow() {
        assertRefused(table(4, true, Type.ADAGRAD), "has 4 floats", "Add widen to tables.item.migrate");
        assertRefused(table(2, true, Type.ADAGRAD), "has 3 floats", "Add narrow to");
        assertRefused(table(3, false, Type.ADAGRAD), "no bias", "Add narrow to");
        assertRefused(table(3, true, Type.ADAM), "ADAGRAD state", "ADAM state", "Add reset-optimizer to");
        assertRefused(table(4, false, Type.SGD), "Add widen, narrow, reset-optimizer to");
        assertRefused(table(4, false, Type.SGD, Migration.WIDEN, Migration.NARROW), "Add reset-optimizer to");
    }

    @Test
    void aWidenedRowHasInitialValuesInItsNewColumnsAndTheOldStateInTheOldOnes() {
        TableSpec table = table(5, true, Type.ADAGRAD, Migration.WIDEN);
        float[] fresh = initial(table, ID);
        float[] old = before.weights();
        float[] state = before.optimizerState();
        assertThat(peek(table))
                .isEqualTo(new StoredRow(
                        before.lastUpdateMs(),
                        before.touches(),
                        new float[] {old[0], old[1], old[2], fresh[3], fresh[4], old[3]},
                        new float[] {state[0], state[1], state[2], 0.01f, 0.01f, state[3]}));
    }

    @Test
    void aNarrowedRowForgetsItsLastColumnsAndKeepsItsBias() {
        TableSpec table = table(1, true, Type.ADAGRAD, Migration.NARROW);
        assertThat(peek(table).weights()).containsExactly(before.weights()[0], before.weights()[3]);
        assertThat(peek(table).optimizerState())
                .containsExactly(before.optimizerState()[0], before.optimizerState()[3]);
    }

    @Test
    void aBiasComesAsZeroAndGoes() {
        assertThat(peek(table(3, false, Type.ADAGRAD, Migration.NARROW)).weights())
                .containsExactly(Arrays.copyOf(before.weights(), 3));
        StoredRow narrow = train(table(3, false, Type.ADAGRAD));
        StoredRow wide = peek(table(3, true, Type.ADAGRAD, Migration.WIDEN));
        assertThat(wide.weights()).startsWith(narrow.weights()).endsWith(0f);
        assertThat(wide.optimizerState()).startsWith(narrow.optimizerState()).endsWith(0.01f);
    }

    @ParameterizedTest
    @EnumSource
    void aRowMayChangeItsOptimizerAndStartsAfreshWithItsWeights(Type type) {
        TableSpec table = table(3, true, type, Migration.RESET_OPTIMIZER);
        StoredRow row = peek(table);
        assertThat(row.weights()).containsExactly(before.weights());
        assertThat(row.touches()).isEqualTo(before.touches());
        // FTRL's weights follow from its state: without gradient they stay, so the state fits them.
        RowTables tables = tables(table);
        tables.apply(0, new long[] {ID}, 0, 1, new float[4], 0, 3_000);
        float[] after = tables.peek(0, ID).orElseThrow().weights();
        for (int i = 0; i < 4; i++) {
            assertThat(after[i]).isCloseTo(before.weights()[i], within(1e-6f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMigratedRowIsReadUpdatedPublishedAndStoredInItsNewShape(Type type) {
        TableSpec old = table(3, true, type);
        train(old);
        TableSpec table = table(5, true, type, Migration.WIDEN);
        StoredRow converted = peek(table);

        RowTables tables = tables(table);
        FloatBuffer out = FloatBuffer.allocate(6);
        tables.gather(0, new long[] {ID}, 0, 1, out);
        assertThat(out.array()).containsExactly(converted.weights());
        float[] gradient = {1, 1, 1, 1, 1, 1};
        tables.apply(0, new long[] {ID}, 0, 1, gradient, 0, 3_000);
        StoredRow updated = tables.peek(0, ID).orElseThrow();
        tables.flush();

        // Stored in its new shape, it needs no migration any more.
        assertThat(peek(table(5, true, type))).isEqualTo(updated);
        assertThat(updated.touches()).isEqualTo(converted.touches() + 1);
        assertRefused(old, "Add narrow to");
    }

    /** Two steps of a row in a table of that kind, stored; replaces what was stored before. */
    private StoredRow train(TableSpec table) {
        durable.delete(0, new long[] {ID}, 0, 1);
        RowTables tables = tables(table);
        for (int step = 1; step <= 2; step++) {
            float[] gradient = new float[table.width()];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = step + i;
            }
            tables.apply(0, new long[] {ID}, 0, 1, gradient, 0, 1_000 * step);
        }
        tables.flush();
        return tables.peek(0, ID).orElseThrow();
    }

    private void assertRefused(TableSpec table, String... message) {
        assertThatThrownBy(() -> tables(table).gather(0, new long[] {ID}, 0, 1, FloatBuffer.allocate(table.width())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'item', id 42")
                .hasMessageContainingAll(message);
    }

    private StoredRow peek(TableSpec table) {
        return tables(table).peek(0, ID).orElseThrow();
    }

    private RowTables tables(TableSpec table) {
        return new RowTables(List.of(table), durable, 16, 10);
    }

    private static TableSpec table(int dimension, boolean wide, Type optimizer, Migration... allowed) {
        TableConfig config = TableConfig.of("item", dimension)
                .with(RowOptimizerConfig.of(optimizer))
                .with(Set.of(allowed));
        return new TableSpec(config, 0, wide, 1);
    }
}
