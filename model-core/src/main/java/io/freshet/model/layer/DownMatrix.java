package io.freshet.model.layer;

import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * The last matrix of a net inside a block, which starts small so that the block starts near the identity (ReZero's idea).
 * The paper's table has 0.01 as the best scale; what it is a scale of can be read in three ways:
 *
 * <pre>
 *   DEVIATION   deviation = 0.01 Xavier's          the paper's body
 *   VARIANCE    variance  = 0.01 Xavier's          its appendix A.7: ten times as large
 *   ABSOLUTE    deviation = 0.01
 * </pre>
 *
 * <p>Uniform in each of them, as its body has it; Xavier's deviation is that of one matrix, not of the stack.
 */
final class DownMatrix {
    private DownMatrix() {}

    /** The parameter {@code name}, [.., hidden, W]. */
    static Tensor of(Graph graph, InitConfig init, String name, Axis... axes) {
        return switch (init.reading()) {
            case DEVIATION -> graph.matrix(name, init.down(), axes);
            case VARIANCE -> graph.matrix(name, Math.sqrt(init.down()), axes);
            case ABSOLUTE -> graph.uniform(name, init.down(), axes);
        };
    }
}
