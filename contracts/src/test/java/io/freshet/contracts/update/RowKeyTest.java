package io.freshet.contracts.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RowKeyTest {
    @Test
    void aRowsKeyHoldsTableAndIdBigEndian() {
        byte[] key = RowKey.ofRow("item", 0x0102030405060708L);
        assertThat(HexFormat.of().formatHex(key)).isEqualTo("01" + "04" + "6974656d" + "0102030405060708");
    }

    @Test
    void aMarkersKeyHoldsTheShard() {
        assertThat(HexFormat.of().formatHex(RowKey.ofMarker(258))).isEqualTo("02" + "00000102");
        assertThat(RowKey.isRow(RowKey.ofMarker(0))).isFalse();
    }

    @Test
    void aKeyComesBackAsItWas() {
        RowKey key = new RowKey("längs", -1);
        assertThat(RowKey.parse(RowKey.ofRow(key.table(), key.id()))).isEqualTo(key);
    }

    @Test
    void otherBytesAreRefused() {
        byte[] cut = new byte[] {1, 4, 'i', 't'};
        assertThatThrownBy(() -> RowKey.parse(cut)).hasMessageContaining("4 bytes");
        assertThatThrownBy(() -> RowKey.parse(RowKey.ofMarker(1))).hasMessageContaining("no key of a row");
        assertThatThrownBy(() -> RowKey.parse(new byte[0])).hasMessageContaining("nothing");
    }

    @Test
    void aNameThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> RowKey.ofRow("x".repeat(256), 1)).hasMessageContaining("256 bytes");
    }
}
