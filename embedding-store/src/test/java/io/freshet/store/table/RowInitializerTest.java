package io.freshet.store.table;

import static io.freshet.store.table.TestTables.ADAGRAD;
import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowInitializerTest {
    private static final TableSpec ITEM = new TableSpec("item", 0, 4, true, ADAGRAD, 0.02, 1);

    @Test
    void initialValuesNeverChange() {
        assertThat(initial(ITEM, 42))
                .containsExactly(0.0169623438f, -0.0112959696f, 0.00792939868f, 0.00223161699f, 0f);
        assertThat(initial(ITEM, 0))
                .containsExactly(-0.0109098889f, -0.00754338736f, -0.00835657306f, 0.0149078649f, 0f);
        assertThat(initial(ITEM, -1))
                .containsExactly(0.00329073425f, 0.00564851752f, 0.0181612112f, 0.00962698925f, 0f);
    }

    @Test
    void valuesDependOnSeedTableIdAndColumn() {
        TableSpec otherSeed = new TableSpec("item", 0, 4, true, ADAGRAD, 0.02, 2);
        TableSpec otherTable = new TableSpec("user", 0, 4, true, ADAGRAD, 0.02, 1);
        float[] row = initial(ITEM, 42);
        assertThat(initial(otherSeed, 42)[0]).isNotEqualTo(row[0]);
        assertThat(initial(otherTable, 42)[0]).isNotEqualTo(row[0]);
        assertThat(initial(ITEM, 43)[0]).isNotEqualTo(row[0]);
        assertThat(row[1]).isNotEqualTo(row[0]);
    }

    @Test
    void theBiasIsZeroAndATableWithoutOneHasTheSameEmbedding() {
        TableSpec narrow = new TableSpec("item", 0, 4, false, ADAGRAD, 0.02, 1);
        float[] wide = initial(ITEM, 42);
        assertThat(wide[4]).isZero();
        assertThat(initial(narrow, 42)).containsExactly(wide[0], wide[1], wide[2], wide[3]);
    }

    @Test
    void embeddingsAreUniformWithinTheRange() {
        int rows = 50_000;
        int[] tenths = new int[10];
        double sum = 0;
        for (long id = 0; id < rows; id++) {
            float[] row = initial(ITEM, id);
            for (int c = 0; c < 4; c++) {
                assertThat(row[c]).isGreaterThanOrEqualTo(-0.02f).isLessThan(0.02f);
                tenths[(int) ((row[c] / 0.04 + 0.5) * 10)]++;
                sum += row[c];
            }
        }
        // 20,000 expected each, standard deviation 134; the mean's is 0.02 / sqrt(3 * 200,000) = 2.6e-5.
        for (int tenth : tenths) {
            assertThat(tenth).isBetween(19_400, 20_600);
        }
        assertThat(sum / (4 * rows)).isBetween(-1.3e-4, 1.3e-4);
    }
}
