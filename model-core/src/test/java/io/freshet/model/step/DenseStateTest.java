package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DenseStateTest {
    private static final DenseState STATE = new DenseState(
            "00ff", 7, new float[] {1, -0f, Float.MIN_VALUE}, new float[] {4, 5}, new double[] {6}, new double[] {8});

    @Test
    void comesBackFromItsBytes() {
        assertThat(DenseState.fromBytes(STATE.toBytes()))
                .usingRecursiveComparison()
                .isEqualTo(STATE);
    }

    @Test
    void refusesBytesOfAnotherVersionAndTrailingOrMissingOnes() {
        byte[] bytes = STATE.toBytes();
        assertThatThrownBy(() -> DenseState.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("should have 36 more bytes after its header, but has 37");
        assertThatThrownBy(() -> DenseState.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
                .hasMessageContaining("but has 35");
        bytes[0] = 2;
        assertThatThrownBy(() -> DenseState.fromBytes(bytes)).hasMessageContaining("version 2");
    }
}
