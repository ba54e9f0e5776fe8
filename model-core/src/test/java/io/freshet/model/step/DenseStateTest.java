package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DenseStateTest {
    private static final float[] WEIGHTS = {1, -0f, Float.MIN_VALUE};
    private static final OptimizerState ADAM =
            new OptimizerState(Type.ADAM, 5, List.of(new float[] {4, 5}, new float[] {2, 3}));
    private static final DenseState STATE =
            new DenseState("00ff", 7, 2, WEIGHTS, ADAM, new double[] {6}, new double[] {8});

    @Test
    void comesBackFromItsBytes() {
        assertThat(DenseState.fromBytes(STATE.toBytes()))
                .usingRecursiveComparison()
                .isEqualTo(STATE);
    }

    @Test
    void theBytesOfVersion1AreReadAsAdagradThatSkippedNothing() throws IOException {
        OptimizerState adagrad = new OptimizerState(Type.ADAGRAD, 7, List.of(new float[] {4, 5}));
        assertThat(DenseState.fromBytes(resource("/state/dense-state-1.bin")))
                .usingRecursiveComparison()
                .isEqualTo(new DenseState("00ff", 7, 0, WEIGHTS, adagrad, new double[] {6}, new double[] {8}));
    }

    @Test
    void theBytesOfVersion2AreAsTheyWere() throws IOException {
        assertThat(STATE.toBytes()).isEqualTo(resource("/state/dense-state-2.bin"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = DenseStateTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void refusesBytesOfANewerVersionAndTrailingOrMissingOnes() {
        byte[] bytes = STATE.toBytes();
        assertThatThrownBy(() -> DenseState.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("should have 44 more bytes after its header, but has 45");
        assertThatThrownBy(() -> DenseState.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
                .hasMessageContaining("but has 43");
        bytes[0] = 3;
        assertThatThrownBy(() -> DenseState.fromBytes(bytes))
                .hasMessageContaining("version 3")
                .hasMessageContaining("a newer one");
    }

    @Test
    void theStateOfAnotherOptimizerIsRefusedOrResetAsTheFileSays() {
        DenseOptimizerConfig sgd = DenseOptimizerConfig.of(Type.SGD);
        assertThatThrownBy(() -> ADAM.under(sgd, 2))
                .hasMessage(
                        "The state is of the optimizer adam, but training.optimizer.type is sgd. Set it back to adam;"
                                + " or set training.optimizer.when-changed to reset, which keeps the weights and begins with"
                                + " fresh state of sgd.");
        DenseOptimizerConfig reset =
                new DenseOptimizerConfig(Type.ADAGRAD, 1, 0.5, 0, 0, 0, 0, false, 0, WhenChanged.RESET);
        assertThat(ADAM.under(reset, 2))
                .usingRecursiveComparison()
                .isEqualTo(new OptimizerState(Type.ADAGRAD, 0, List.of(new float[] {0.5f, 0.5f})));
    }

    @Test
    void adamAndAdamWGoOnFromEachOther() {
        assertThat(ADAM.under(DenseOptimizerConfig.of(Type.ADAMW), 2))
                .isEqualTo(new OptimizerState(Type.ADAMW, 5, ADAM.vectors()));
    }
}
