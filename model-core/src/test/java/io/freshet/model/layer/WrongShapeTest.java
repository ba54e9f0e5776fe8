package io.freshet.model.layer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.ShapeException;
import io.freshet.model.program.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What somebody who writes a layer is told when shapes do not fit: layer, line of code, and every dimension's name. */
class WrongShapeTest {
    private static final Axis T = Axis.of("T", 4);
    private static final Axis D = Axis.of("D", 6);
    private static final Axis HIDDEN = Axis.of("hidden", 3);

    private final Graph graph = new Graph();
    private final Tensor tokens = graph.input("tokens", T, Shape.BATCH, D);

    /** A layer with its matrix the wrong way round. */
    private Tensor turned(Tensor x) {
        try (Graph.Scope block = graph.scope("block.0");
                Graph.Scope net = graph.scope("ffn")) {
            return x.matMul(graph.matrix("w", 1, T, HIDDEN, D));
        }
    }

    @Test
    void namesTheLayerTheLineAndBothShapes() {
        assertThatThrownBy(() -> turned(tokens))
                .isInstanceOf(ShapeException.class)
                .hasMessageMatching("block\\.0\\.ffn \\(WrongShapeTest\\.java:\\d+\\): .*")
                .hasMessageContaining("[T=4, B, D=6] and [T=4, hidden=3, D=6]");
    }

    @Test
    void namesTheLineOfALayerThatIsGivenAWrongTensor() {
        Tensor flat = graph.input("flat", Shape.BATCH, D);
        TokenMixing mixing = new TokenMixing(T, Axis.of("H", 2), D);
        assertThatThrownBy(() -> mixing.mix(flat))
                .hasMessageStartingWith("program (TokenMixing.java:")
                .hasMessageContaining("cannot give [B, D=6] the shape [T=4, B, H=2, D/H=3]");
    }

    @Test
    void namesTheAxisThatIsNotThere() {
        assertThatThrownBy(() -> tokens.sum(3)).hasMessageContaining("[T=4, B, D=6] has no axis 3");
        assertThatThrownBy(() -> tokens.split(2, HIDDEN, T))
                .hasMessageContaining("axis 2 of [T=4, B, D=6] cannot be cut into [hidden=3, T=4]");
    }

    @Test
    void namesAllPartsThatCannotBeJoined() {
        Tensor other = graph.input("other", T, Shape.BATCH, HIDDEN);
        assertThatThrownBy(() -> graph.concat(0, List.of(tokens, other)))
                .hasMessageContaining("[T=4, B, D=6], [T=4, B, hidden=3]");
    }
}
