package io.freshet.store.table;

import static io.freshet.store.table.TestTables.MAX_PARALLELISM;
import static io.freshet.store.table.TestTables.TABLES;
import static io.freshet.store.table.TestTables.USER;
import static io.freshet.store.table.TestTables.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig.Type;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.durable.TreeMapRows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodecTest {
    /** What row-v1.bin and row-v2.bin hold. Their bytes were written once and must be readable for ever. */
    private static final StoredRow GOLDEN = new StoredRow(
            1_700_000_000_123L, 4_000_000_000L, new float[] {1f, -0.5f, 0.1f}, new float[] {0.01f, 2f, 3e-10f});

    private final TreeMapRows durable = new TreeMapRows();
    private final RowTables tables = new RowTables(TABLES, durable, MAX_PARALLELISM, 10);

    @ParameterizedTest
    @ValueSource(strings = {"row-v1.bin", "row-v2.bin"})
    void bytesOfEveryVersionAreStillRead(String file) throws IOException {
        assertThat(new RowCodec(USER).decode(42, ByteBuffer.wrap(golden(file)))).isEqualTo(GOLDEN);
        durable.write(0, 42, ByteBuffer.wrap(golden(file)));
        assertThat(tables.peek(0, 42)).contains(GOLDEN);
    }

    @Test
    void bytesOfVersionTwoAreStillWritten() throws IOException {
        assertThat(new RowCodec(USER).encode(GOLDEN).array()).isEqualTo(golden("row-v2.bin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"row-v1.bin", "row-v2.bin"})
    void aHotRowIsWrittenBehindInTheBytesOfVersionTwo(String file) throws IOException {
        durable.write(0, 42, ByteBuffer.wrap(golden(file)));
        // No gradient leaves the weights as they are; the stamp moves on.
        tables.apply(0, new long[] {42}, 0, 1, new float[3], 0, GOLDEN.lastUpdateMs() + 1);
        tables.flush();
        byte[] expected = golden("row-v2.bin");
        expected[8]++;
        expected[16]++;
        byte[] stored = new byte[expected.length];
        assertThat(durable.read(0, 42, ByteBuffer.wrap(stored))).isTrue();
        assertThat(stored).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void aRowOfEveryOptimizerComesBackAsItWas(Type type) {
        TableSpec table = new TableSpec(TableConfig.of("item", 4).with(RowOptimizerConfig.of(type)), 0, true, 1);
        float[] state = new float[table.layout().stateFloats()];
        Arrays.fill(state, 7);
        StoredRow row = new StoredRow(-1, 3, new float[] {1, 2, 3, 4, 5}, state);
        RowCodec codec = new RowCodec(table);
        assertThat(codec.decode(1, codec.encode(row))).isEqualTo(row);
    }

    @Test
    void aRowOfAnUnknownVersionIsRefused() throws IOException {
        assertRefused(0, 3, "'user'", "id 42", "version 3", "versions 1 to 2");
    }

    @Test
    void anOptimizerOrFlagThatThisProgramDoesNotKnowIsRefused() throws IOException {
        assertRefused(1, 6, "'user'", "id 42", "optimizer 6", "newer");
        assertRefused(2, 2, "'user'", "id 42", "flags 2", "newer");
    }

    @Test
    void sizesThatContradictEachOtherAreRefusedAsDamage() throws IOException {
        assertRefused(6, 4, "'user'", "id 42", "44 bytes", "48 bytes", "damaged");
        // SGD has no state.
        assertRefused(1, 1, "'user'", "id 42", "0 floats of SGD state, not 3", "damaged");
    }

    @Test
    void aRowThatIsCutOffOrHasBytesTrailingIsRefused() throws IOException {
        for (int length : new int[] {0, 1, 19, 20, 43, 45, 48}) {
            byte[] bytes = Arrays.copyOf(golden("row-v2.bin"), length);
            durable.write(0, 42, ByteBuffer.wrap(bytes));
            assertThatThrownBy(() -> gather(tables, 0, 42))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("'user'", "id 42", length + " bytes");
        }
        for (int length : new int[] {1, 12, 13, 36, 38, 41}) {
            durable.write(0, 42, ByteBuffer.wrap(Arrays.copyOf(golden("row-v1.bin"), length)));
            assertThatThrownBy(() -> gather(tables, 0, 42))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(length + " bytes");
        }
        assertThat(tables.counts().hotRows()).isZero();
    }

    @Test
    void aRowOfVersionOneOfAnotherWidthIsRefusedAsItDoesNotSayWhatItsLastWeightIs() throws IOException {
        durable.write(0, 42, ByteBuffer.wrap(Arrays.copyOf(golden("row-v1.bin"), 45)));
        assertThatThrownBy(() -> gather(tables, 0, 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("'user'", "id 42", "4 weights", "has 3", "version 1", "set dimension");
    }

    @Test
    void aRowOfOtherSizesIsNotEncoded() {
        StoredRow row = new StoredRow(0, 0, new float[4], new float[4]);
        assertThatThrownBy(() -> new RowCodec(USER).encode(row)).isInstanceOf(IllegalArgumentException.class);
    }

    private void assertRefused(int changedByte, int to, String... message) throws IOException {
        byte[] bytes = golden("row-v2.bin");
        bytes[changedByte] = (byte) to;
        durable.write(0, 42, ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> gather(tables, 0, 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(message);
    }

    private static byte[] golden(String file) throws IOException {
        try (InputStream in = RowCodecTest.class.getResourceAsStream("/" + file)) {
            return in.readAllBytes();
        }
    }
}
