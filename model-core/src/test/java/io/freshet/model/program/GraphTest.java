package io.freshet.model.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.program.Shape.Axis;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final Axis T = Axis.of("T", 4);
    private static final Axis D = Axis.of("D", 6);
    private static final Axis N = Axis.of("n", 3);

    private final Graph graph = new Graph();

    @Test
    void refusesSumsProductsAndNormsOfOtherShapes() {
        Tensor x = graph.input("x", Shape.BATCH, D);
        Tensor y = graph.input("y", Shape.BATCH, N);
        assertThatThrownBy(() -> x.plus(y)).hasMessageContaining("[B, D=6] and [B, n=3]");
        assertThatThrownBy(() -> x.times(y)).hasMessageContaining("[B, D=6] and [B, n=3]");
        assertThatThrownBy(() -> x.crossEntropy(y)).hasMessageContaining("one label per logit");
        assertThatThrownBy(() -> x.rmsNorm(graph.vector("gain", 1, N), 1e-6)).hasMessageContaining("one gain");
        assertThatThrownBy(() -> x.linear(graph.matrix("w", 1, D, N), graph.vector("b", 0, D)))
                .hasMessageContaining("as many entries as columns");
    }

    @Test
    void refusesToMoveNumbersIntoOrOutOfTheBatch() {
        Tensor x = graph.input("x", Shape.BATCH, D);
        assertThatThrownBy(() -> x.reshape(Shape.BATCH, N)).hasMessageContaining("cannot give [B, D=6] the shape");
        assertThatThrownBy(() -> x.reshape(D)).hasMessageContaining("cannot give");
        assertThatThrownBy(() -> x.split(0, N, N)).hasMessageContaining("cannot be cut");
        assertThatThrownBy(x::unbind).hasMessageContaining("taken apart");
    }

    @Test
    void refusesAxesThatAreNotThere() {
        Tensor x = graph.input("x", Shape.BATCH, D);
        assertThatThrownBy(() -> x.sum(2)).hasMessageContaining("[B, D=6] has no axis 2");
        assertThatThrownBy(() -> x.transpose(0, 0)).hasMessageContaining("cannot be reordered by [0, 0]");
        assertThatThrownBy(() -> x.split(1, N, T)).hasMessageContaining("cannot be cut into [n=3, T=4]");
        assertThatThrownBy(() -> Axis.of("H", 0)).hasMessageContaining("Axis H");
    }

    @Test
    void refusesToJoinWhatDiffersElsewhere() {
        Tensor x = graph.input("x", Shape.BATCH, D);
        Tensor y = graph.input("y", T, D);
        assertThatThrownBy(() -> graph.concat(1, List.of(x, y))).hasMessageContaining("[B, D=6], [T=4, D=6]");
        assertThatThrownBy(() -> graph.stack("S", List.of(x, y))).hasMessageContaining("[B, D=6], [T=4, D=6]");
    }

    @Test
    void refusesASecondParameterOrInputOfOneNameAndTensorsOfAnotherGraph() {
        Tensor x = graph.input("x", D);
        graph.vector("w", 0, D);
        assertThatThrownBy(() -> graph.vector("w", 0, D)).hasMessageContaining("already a parameter 'w'");
        assertThatThrownBy(() -> graph.input("x", D)).hasMessageContaining("already an input 'x'");
        assertThatThrownBy(() -> x.plus(new Graph().input("x", D))).hasMessageContaining("another graph");
    }

    @Test
    void parametersAreSlicesOfOneVectorWithoutGaps() {
        try (Graph.Scope scope = graph.scope("layer")) {
            graph.matrix("w", 1, T, D);
            graph.vector("b", 0, D);
        }
        Tensor x = graph.vector("gain", 1, N);
        Program program = graph.build(new Program.Outputs(x, x));
        assertThat(program.parameters())
                .extracting(Parameter::name, Parameter::offset, Parameter::size)
                .containsExactly(
                        Tuple.tuple("layer.w", 0, 24), Tuple.tuple("layer.b", 24, 6), Tuple.tuple("gain", 30, 3));
        assertThat(program.size()).isEqualTo(33);
    }

    @Test
    void aParameterIsUsedAgainOnlyWhereThatIsAskedFor() {
        Tensor first = graph.matrix("w", 1, D, N);
        assertThatThrownBy(() -> graph.matrix("w", 1, D, N)).hasMessageContaining("already a parameter 'w'");
        try (Graph.Scope again = graph.reusingWeights()) {
            assertThat(graph.matrix("w", 1, D, N).id()).isEqualTo(first.id());
            assertThatThrownBy(() -> graph.matrix("w", 1, N, D))
                    .hasMessageContaining("'w' is [D=6, n=3], not [n=3, D=6]");
        }
        assertThatThrownBy(() -> graph.matrix("w", 1, D, N)).hasMessageContaining("already a parameter 'w'");
    }
}
