package io.freshet.store.table;

import static io.freshet.store.table.TestTables.MAX_PARALLELISM;
import static io.freshet.store.table.TestTables.TABLES;
import static io.freshet.store.table.TestTables.USER;
import static io.freshet.store.table.TestTables.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.store.durable.TreeMapRows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowCodecTest {
    /** What row-v1.bin holds. Its bytes were written once and must be readable for ever. */
    private static final StoredRow GOLDEN = new StoredRow(
            1_700_000_000_123L, 4_000_000_000L, new float[] {1f, -0.5f, 0.1f}, new float[] {0.01f, 2f, 3e-10f});

    private final TreeMapRows durable = new TreeMapRows();
    private final RowTables tables = new RowTables(TABLES, durable, MAX_PARALLELISM, 10);

    @Test
    void bytesOfVersionOneAreStillRead() throws IOException {
        assertThat(RowCodec.decode(USER, 42, ByteBuffer.wrap(golden()))).isEqualTo(GOLDEN);
        durable.write(0, 42, ByteBuffer.wrap(golden()));
        assertThat(tables.peek(0, 42)).contains(GOLDEN);
    }

    @Test
    void bytesOfVersionOneAreStillWritten() throws IOException {
        assertThat(RowCodec.encode(GOLDEN).array()).isEqualTo(golden());
    }

    @Test
    void aHotRowIsWrittenBehindInTheSameBytes() throws IOException {
        durable.write(0, 42, ByteBuffer.wrap(golden()));
        // No gradient leaves the weights as they are; the stamp moves on.
        tables.apply(0, new long[] {42}, 0, 1, new float[3], 0, GOLDEN.lastUpdateMs() + 1);
        tables.flush();
        byte[] expected = golden();
        expected[1]++;
        expected[9]++;
        byte[] stored = new byte[expected.length];
        assertThat(durable.read(0, 42, ByteBuffer.wrap(stored))).isTrue();
        assertThat(stored).isEqualTo(expected);
    }

    @Test
    void aRowOfAnUnknownVersionIsRefused() throws IOException {
        byte[] newer = golden();
        newer[0] = 2;
        durable.write(0, 42, ByteBuffer.wrap(newer));
        assertThatThrownBy(() -> gather(tables, 0, 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("'user'", "id 42", "version 2", "version 1 only");
    }

    @Test
    void aRowOfAnotherWidthIsRefusedNamingTableFoundExpectedAndWhatToDo() {
        durable.write(0, 42, RowCodec.encode(new StoredRow(0, 1, new float[5], new float[5])));
        assertThatThrownBy(() -> gather(tables, 0, 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "'user'",
                        "id 42",
                        "53 bytes (a header and 10 floats)",
                        "37 bytes (a header, 3 weights and 3 floats of ADAGRAD state)",
                        "set them back");
        assertThatThrownBy(() -> tables.apply(0, new long[] {42}, 0, 1, new float[3], 0, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(tables.counts().hotRows()).isZero();
    }

    @Test
    void aRowThatIsCutOffOrHasBytesTrailingIsRefused() throws IOException {
        for (int length : new int[] {0, 1, 12, 36, 38, 41}) {
            durable.write(0, 42, ByteBuffer.wrap(Arrays.copyOf(golden(), length)));
            assertThatThrownBy(() -> gather(tables, 0, 42))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(length + " bytes");
        }
    }

    @Test
    void aRowThatIsFarTooLongIsRefused() {
        durable.write(
                0,
                42,
                ByteBuffer.wrap(RowCodec.encode(new StoredRow(0, 1, new float[100_000], new float[0]))
                        .array()));
        assertThatThrownBy(() -> gather(tables, 0, 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("'user'", "id 42", "a header and 100000 floats");
    }

    private static byte[] golden() throws IOException {
        try (InputStream in = RowCodecTest.class.getResourceAsStream("/row-v1.bin")) {
            return in.readAllBytes();
        }
    }
}
