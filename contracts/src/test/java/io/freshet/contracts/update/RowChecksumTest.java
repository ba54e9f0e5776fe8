package io.freshet.contracts.update;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowChecksumTest {
    /** The check value that catalogues of CRCs give for CRC-32C of "123456789". */
    private static final int CHECK = 0xE3069283;

    private final RowChecksum checksum = new RowChecksum();

    @Test
    void coversKeyThenWeightsOfEveryRow() {
        checksum.add(bytes("12"), bytes("34"));
        checksum.add(bytes("567"), ByteString.copyFrom(bytes("8")).concat(ByteString.copyFrom(bytes("9"))));
        assertThat(checksum.value()).isEqualTo(CHECK);
        assertThat(checksum.rows()).isEqualTo(2);
    }

    @Test
    void theOrderOfRowsMatters() {
        checksum.add(bytes("567"), bytes("89"));
        checksum.add(bytes("12"), bytes("34"));
        assertThat(checksum.value()).isNotEqualTo(CHECK);
    }

    @Test
    void ofNoRowsItIsZero() {
        assertThat(checksum.value()).isZero();
        assertThat(checksum.rows()).isZero();
    }

    @Test
    void bytesThatStandAloneAreCoveredWhole() {
        assertThat(RowChecksum.of(ByteString.copyFrom(bytes("123456789")))).isEqualTo(CHECK);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
