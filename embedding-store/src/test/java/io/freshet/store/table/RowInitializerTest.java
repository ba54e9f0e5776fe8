package io.freshet.store.table;

import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.TableConfig;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RowInitializerTest {
    private static final TableSpec ITEM = table("item", true, 1);

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
        TableSpec otherSeed = table("item", true, 2);
        TableSpec otherTable = table("user", true, 1);
        float[] row = initial(ITEM, 42);
        assertThat(initial(otherSeed, 42)[0]).isNotEqualTo(row[0]);
        assertThat(initial(otherTable, 42)[0]).isNotEqualTo(row[0]);
        assertThat(initial(ITEM, 43)[0]).isNotEqualTo(row[0]);
        assertThat(row[1]).isNotEqualTo(row[0]);
    }

    @Test
    void theBiasIsZeroAndATableWithoutOneHasTheSameEmbedding() {
        TableSpec narrow = table("item", false, 1);
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

    @Test
    void normalValuesHaveMeanZeroAndTheScaleAsDeviation() {
        TableSpec table = table(new InitialConfig(InitialConfig.Type.NORMAL, 0.02));
        int rows = 50_000;
        int within = 0;
        double sum = 0;
        double squares = 0;
        for (long id = 0; id < rows; id++) {
            float[] row = initial(table, id);
            assertThat(row[4]).isZero();
            for (int c = 0; c < 4; c++) {
                sum += row[c];
                squares += (double) row[c] * row[c];
                within += Math.abs(row[c]) < 0.02f ? 1 : 0;
            }
        }
        // Of 200,000: the mean deviates by 4.5e-5, the deviation by 3.2e-5, the count of 136,538 within one by 208.
        assertThat(sum / (4 * rows)).isBetween(-2e-4, 2e-4);
        assertThat(Math.sqrt(squares / (4 * rows))).isBetween(0.02 - 1.5e-4, 0.02 + 1.5e-4);
        assertThat(within).isBetween(135_700, 137_400);
    }

    @Test
    void normalValuesNeverChange() {
        TableSpec table = table(new InitialConfig(InitialConfig.Type.NORMAL, 0.02));
        assertThat(initial(table, 42)).containsExactly(0.028658258f, -0.015606431f, 0.010386618f, 0.0028060982f, 0f);
        CRC32C checksum = new CRC32C();
        for (long id = 0; id < 10_000; id++) {
            ByteBuffer bytes = ByteBuffer.allocate(5 * Float.BYTES);
            bytes.asFloatBuffer().put(initial(table, id));
            checksum.update(bytes.array());
        }
        assertThat(checksum.getValue()).isEqualTo(97_536_448L);
    }

    @Test
    void zerosAreZeros() {
        assertThat(initial(table(InitialConfig.of(InitialConfig.Type.ZEROS)), 42))
                .containsOnly(0f);
    }

    @Test
    void anArrayGetsTheSameValuesAsABuffer() {
        float[] array = {9, 9, 9, 9, 9, 9, 9};
        new RowInitializer(ITEM).fill(42, array, 1);
        float[] row = initial(ITEM, 42);
        assertThat(array).containsExactly(9, row[0], row[1], row[2], row[3], row[4], 9);
    }

    private static TableSpec table(String name, boolean wide, long seed) {
        return new TableSpec(TableConfig.of(name, 4).with(InitialConfig.uniform(0.02)), 0, wide, seed);
    }

    private static TableSpec table(InitialConfig initial) {
        return new TableSpec(TableConfig.of("item", 4).with(initial), 0, true, 1);
    }
}
