package io.freshet.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.freshet.model.engine.Engines;
import io.freshet.model.oracle.Oracle;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The hand-made values of two tokens of width four. */
class TokenMixingTest {
    private static final double[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final Axis T = Axis.of("T", 2);
    private static final Axis D = Axis.of("D", 4);

    private final TokenMixing twoHeads = new TokenMixing(T, Axis.of("H", 2), D);
    private final TokenMixing fourHeads = new TokenMixing(T, Axis.of("H", 4), D);

    /** Of one example, [T, 1, D] in and out. */
    private static double[] apply(UnaryOperator<Tensor> layer) {
        Graph graph = new Graph();
        Tensor y = layer.apply(graph.input("x", T, Shape.BATCH, D));
        Program program = graph.build(new Program.Outputs(y, y));
        try (NDManager manager = Engines.newManager(Device.cpu())) {
            Oracle oracle = new Oracle(manager, Map.of("x", Oracle.doubles(manager, TOKENS, 2, 1, 4)), Map.of());
            return program.logits(oracle).toDoubleArray();
        }
    }

    @Test
    void dealsOutSlicesWhenThereAreAsManyHeadsAsTokens() {
        assertThat(apply(twoHeads::mix)).containsExactly(1, 2, 5, 6, 3, 4, 7, 8);
    }

    @Test
    void dealsOutSlicesWhenThereAreMoreHeadsThanTokens() {
        assertThat(apply(fourHeads::mix)).containsExactly(1, 5, 2, 6, 3, 7, 4, 8);
    }

    @Test
    void revertingUndoesMixing() {
        assertThat(apply(x -> twoHeads.revert(twoHeads.mix(x)))).containsExactly(TOKENS);
        assertThat(apply(x -> fourHeads.revert(fourHeads.mix(x)))).containsExactly(TOKENS);
    }

    @Test
    void refusesHeadsThatDoNotDivideTheWidth() {
        assertThatThrownBy(() -> new TokenMixing(T, Axis.of("H", 3), D))
                .hasMessageContaining("ranker.width is 4, which ranker.heads 3 does not divide");
    }
}
